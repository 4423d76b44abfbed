"""The demo end to end: the service through a real Collector to an intake, and what Datadog makes of it."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from datadog_export.demo.__main__ import to_intake
from otelkit.testing.datadog import DatadogIntake, Span

SERVICE = "datadog-export"
REQUESTS, FAILED = 18, 2
CONTAINER = "d86d75589bf6cc254f3e2cc29debdf85dde404998aa128997a819ff991827356"


@dataclass(frozen=True)
class Arrived:
    """What came, and what the demo said of it."""

    intake: DatadogIntake
    said: str

    def failed(self) -> dict[str, Span]:
        """The service's spans of one failing request, by resource."""
        spans = [span for span in self.intake.spans() if span.service == SERVICE]
        entry = next(span for span in spans if span.error and span.resource == "POST /refunds")
        return {span.resource: span for span in spans if span.trace_id == entry.trace_id}


@pytest.fixture(scope="module")
def arrived() -> Iterator[Arrived]:
    """Run the demo once for all tests here."""
    with DatadogIntake() as intake, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_RESOURCE_ATTRIBUTES", f"deployment.environment.name=demo,container.id={CONTAINER}")
        said: list[str] = []
        patch.setattr("datadog_export.demo.__main__._say", said.append)
        to_intake(intake)
        yield Arrived(intake, "\n".join(said))


def test_statistics_count_every_request_and_every_error(arrived: Arrived) -> None:
    ours = [one for one in arrived.intake.stats() if one.service == SERVICE]
    entry = [one for one in ours if one.resource == "POST /refunds"]

    assert sum(one.hits for one in entry) == REQUESTS
    assert sum(one.errors for one in entry) == FAILED
    assert {(one.name, one.type, one.kind, one.env) for one in entry} == {
        ("http.server.request", "web", "server", "demo")
    }


def test_types_and_resources_are_made_of_kinds_and_attributes(arrived: Arrived) -> None:
    spans = [span for span in arrived.intake.spans() if span.service == SERVICE]
    shown = {(span.name, span.type, span.resource.split(" (")[0]) for span in spans}

    assert shown >= {
        ("http.server.request", "web", "POST /refunds"),
        ("http.client.request", "http", "POST /payouts"),
        ("sqlite.query", "sql", "INSERT INTO refunds"),
        ("Internal", "custom", "refund payment"),
    }


def test_error_of_the_entry_span_has_what_error_tracking_asks_for(arrived: Arrived) -> None:
    entry = arrived.failed()["POST /refunds"]

    assert entry.meta["error.type"] == "datadog_export.errors.BankUnavailableError"
    assert "datadog_export/refunds.py" in entry.meta["error.stack"]
    assert "error.message" in entry.meta
    assert "the bank answered" not in json.dumps(dict(entry.meta))


def test_each_signal_has_the_unified_service_tags(arrived: Arrived) -> None:
    span = arrived.failed()["POST /refunds"]
    log = next(log for log in arrived.intake.logs() if log.service == SERVICE and log.trace_id)
    metric = arrived.intake.metrics("shop.refunds")[0]

    tags = {f"service:{SERVICE}", "env:demo", "version:0.1.0"}
    assert (span.service, span.env, span.version) == (SERVICE, "demo", "0.1.0")
    assert tags <= set(log.tags)
    assert tags <= set(metric.tags)
    assert span.host == log.host == metric.host == socket.gethostname()
    assert f"container_id:{CONTAINER}" in log.tags & metric.tags
    assert span.tags == {"_dd.tags.container": f"container_id:{CONTAINER}"}


def test_log_line_leads_to_the_trace(arrived: Arrived) -> None:
    span = arrived.failed()["refund payment"]

    lines = [log for log in arrived.intake.logs() if log.span_id == str(int(span.span_id, 16))]
    assert [(log.message, log.status) for log in lines] == [("refund unknown", "WARN")]
    assert int(lines[0].trace_id) == int(span.trace_id, 16) & (1 << 64) - 1


def test_every_refund_and_every_duration_is_counted(arrived: Arrived) -> None:
    refunds: dict[str, float] = {}
    for point in arrived.intake.metrics("shop.refunds"):
        (outcome,) = (tag.split(":")[1] for tag in point.tags if tag.startswith("shop.refund.outcome:"))
        refunds[outcome] = refunds.get(outcome, 0) + point.value
    durations = [
        point.count
        for point in arrived.intake.metrics("http.server.request.duration")
        if "http.route:/refunds" in point.tags
    ]

    assert refunds == {"paid": 15, "unknown": 2, "refused": 1}
    assert sum(durations) == REQUESTS
    assert {"process.cpu.time", "process.memory.usage", "cpython.gc.collections"} <= {
        point.name for point in arrived.intake.metrics()
    }


def test_demo_shows_services_trace_error_and_tags(arrived: Arrived) -> None:
    for part in (
        "18 refunds asked for, answered 15 x 201, 1 x 402, 2 x 503",
        "18 hits, 2 errors",
        "APM > Error Tracking",
        "service:datadog-export env:demo version:0.1.0",
        "error.message:REDACTED",
    ):
        assert part in arrived.said


def test_nothing_is_sent_that_datadog_would_not_understand(arrived: Arrived) -> None:
    assert arrived.intake.unknown == []
