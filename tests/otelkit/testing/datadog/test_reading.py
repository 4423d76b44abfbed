"""What exporters send is read whole."""

import json

import pytest

from otelkit.testing.datadog import DatadogIntake
from otelkit.testing.datadog.messages import message_class
from tests.otelkit.testing.datadog.payloads import (
    LOGS,
    SERIES,
    SKETCHES,
    STATS,
    TRACES,
    log,
    post,
    stats,
    traces,
)

SPAN = {
    "service": "stock",
    "name": "http.server.request",
    "resource": "GET /stock",
    "type": "web",
    "trace_id": 0x0123456789ABCDEF,
    "span_id": 2**64 - 1,
    "start_nanos": 5,
    "duration_nanos": 2_500_000_000,
    "error": 1,
    "meta": {"_dd.p.tid": "68f0000000000000", "error.type": "OutOfStock"},
    "metrics": {"_top_level": 1.0},
}


def test_span_is_read_with_both_halves_of_its_trace_id(intake: DatadogIntake) -> None:
    child = {"trace_id": SPAN["trace_id"], "span_id": 7, "parent_id": SPAN["span_id"]}
    post(intake, TRACES, traces(SPAN, child, env="prod", host="web-1", tags={"pod": "a"}))

    first, second = intake.wait_for_spans(2)

    assert (first.service, first.name, first.resource, first.type) == (
        "stock",
        "http.server.request",
        "GET /stock",
        "web",
    )
    assert (first.trace_id, first.span_id, first.parent_id) == (
        "68f00000000000000123456789abcdef",
        "f" * 16,
        "",
    )
    assert (first.error, first.duration_seconds, first.metrics) == (True, 2.5, {"_top_level": 1.0})
    assert (first.env, first.host, first.tags) == ("prod", "web-1", {"pod": "a"})
    assert (second.trace_id, second.parent_id, second.error) == (first.trace_id, first.span_id, False)


def test_span_that_was_otlp_has_the_id_that_it_had_there(intake: DatadogIntake) -> None:
    whole = "68f1a2b3000000000123456789abcdef"
    post(intake, TRACES, traces({"trace_id": SPAN["trace_id"], "meta": {"otel.trace_id": whole}}))

    assert [one.trace_id for one in intake.spans()] == [whole]


def test_payload_of_a_kind_that_is_not_read_is_told_and_not_passed_over(intake: DatadogIntake) -> None:
    newer = message_class("AgentPayload")(unread_payloads=[b"x"]).SerializeToString()

    assert post(intake, TRACES, newer) == (400, "")
    assert [one.path for one in intake.unknown] == [TRACES]


def test_statistics_of_two_buckets_are_one_and_keep_their_quantiles(intake: DatadogIntake) -> None:
    post(intake, STATS, stats(hits=3))
    post(intake, STATS, stats(hits=4))
    post(intake, STATS, stats(hits=1, Resource="GET /"))

    merged = {one.resource: one for one in intake.stats()}

    assert {name: (one.hits, one.errors) for name, one in merged.items()} == {
        "GET /stock": (7, 2),
        "GET /": (1, 1),
    }
    stock = merged["GET /stock"]
    assert (stock.env, stock.version, stock.host, stock.kind) == ("prod", "2", "web-1", "server")
    assert stock.percentile_seconds(0.95) == pytest.approx(0.002, rel=0.01)


@pytest.mark.parametrize("coding", ["protobuf", "json"])
def test_series_are_read_in_both_codings(intake: DatadogIntake, coding: str) -> None:
    series = {
        "metric": "orders",
        "type": 1,
        "points": [{"timestamp": 9, "value": 2.5}],
        "resources": [{"type": "host", "name": "web-1"}],
        "tags": ["env:prod"],
        "interval": 10,
    }
    payload = message_class("MetricPayload")(series=[series]).SerializeToString()
    body = payload if coding == "protobuf" else json.dumps({"series": [series]}).encode()

    assert post(intake, SERIES, body, content_type=f"application/{coding}") == (202, "")

    [point] = intake.metrics("orders")
    assert (point.kind, point.value, point.tags, point.host) == (
        "count",
        2.5,
        frozenset({"env:prod"}),
        "web-1",
    )
    assert (point.unix_seconds, point.interval_seconds) == (9, 10)


def test_distribution_is_read_with_its_bounds(intake: DatadogIntake) -> None:
    point = {"timestamp": 9, "count": 3, "min": 1.0, "max": 4.0, "sum": 7.0}
    sketch = {"metric": "duration", "host": "web-1", "tags": ["env:prod"], "points": [point]}
    post(intake, SKETCHES, message_class("SketchPayload")(sketches=[sketch]).SerializeToString())

    [found] = intake.metrics("duration")

    assert (found.kind, found.value, found.count) == ("distribution", 7.0, 3)
    assert (found.minimum, found.maximum) == (1.0, 4.0)


def test_log_is_read_with_the_ids_of_its_trace(intake: DatadogIntake) -> None:
    post(intake, LOGS, log(message="sold out", status="error", service="stock"))
    post(intake, LOGS, log(message="sold out", **{"dd.trace_id": "12", "dd.span_id": "13"}))

    plain, traced = intake.wait_for_logs(2)

    assert (plain.message, plain.status, plain.service, plain.host) == ("sold out", "error", "stock", "web-1")
    assert plain.tags == {"env:prod", "version:2"}
    assert (plain.trace_id, traced.trace_id, traced.span_id) == ("", "12", "13")


def test_empty_entry_by_which_an_exporter_tries_the_way_is_no_log(intake: DatadogIntake) -> None:
    assert post(intake, LOGS, b"{}") == (202, "")
    assert (intake.logs(), intake.unknown) == ([], [])
