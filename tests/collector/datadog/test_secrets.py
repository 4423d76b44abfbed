"""No secret leaves for Datadog, wherever a sender without redaction of its own has put it."""

from pathlib import Path

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.testing.datadog import DatadogIntake, Request
from tests.collector.datadog.otlp import FAILED, logs, resource_with, send, span, traces
from tests.collector.datadog.process import KEY, LOGS, SERIES, STATS, TRACES, ToDatadog
from tests.collector.payloads import Value, key_values

CANARY = "canary-7f3a9b"
ATTRIBUTES: dict[str, Value] = {
    "url.full": f"https://ada:{CANARY}@shop.test/orders?token={CANARY}",
    "url.query": f"token={CANARY}",
    "http.request.header.authorization": [f"Bearer {CANARY}{CANARY}"],
    "app.client_secret": CANARY,
    "note": f"password={CANARY}",
    "db.system.name": "postgresql",
    "db.query.text": f"SELECT * FROM users WHERE name = '{CANARY}'",  # noqa: S608 - never run
    "db.query.parameter.0": CANARY,
}
EXCEPTION: dict[str, Value] = {
    "exception.type": "shop.OutOfStock",
    "exception.message": CANARY,
    "exception.stacktrace": f"Traceback\n  File 'shop.py', line 1\nshop.errors.OutOfStock: {CANARY}",
}


@pytest.fixture(scope="module")
def requests(
    vendors_binary: Path, intake: DatadogIntake, tmp_path_factory: pytest.TempPathFactory
) -> list[Request]:
    """Everything that was sent for one span, one log and one metric with canaries all over."""
    failed = span("SELECT users", ATTRIBUTES, kind=Span.SPAN_KIND_CLIENT, status=FAILED)
    failed.events.add(name="exception", time_unix_nano=1, attributes=key_values(EXCEPTION))
    # Not db.query.text: the Collector takes literals out of statements of spans, not of log records.
    in_logs = {name: value for name, value in ATTRIBUTES.items() if name != "db.query.text"}
    record = {"body": f"calling https://shop.test/?token={CANARY}", "attributes": key_values(in_logs)}
    with ToDatadog(vendors_binary, tmp_path_factory.mktemp("secrets"), intake) as collector:
        send(collector.grpc_target, traces([failed]), logs(record), metric())
        intake.wait_for_spans()
        intake.wait_for_stats()
        intake.wait_for_logs()
        intake.wait_for_metrics(lambda _: bool(intake.metrics("orders.waiting")))
    return intake.requests()


def metric() -> ExportMetricsServiceRequest:
    request = ExportMetricsServiceRequest()
    group = request.resource_metrics.add()
    group.resource.attributes.extend(key_values(resource_with({"app.api_key": CANARY})))
    waiting = group.scope_metrics.add().metrics.add(name="orders.waiting")
    waiting.gauge.data_points.add(as_int=1, time_unix_nano=1, attributes=key_values(ATTRIBUTES))
    return request


def test_no_request_has_a_canary_in_its_address_headers_or_body(requests: list[Request]) -> None:
    for request in requests:
        assert CANARY not in f"{request.path} {request.headers}"
        assert CANARY.encode() not in request.raw + request.body


def test_every_signal_was_among_them(requests: list[Request]) -> None:
    assert {TRACES, STATS, SERIES, LOGS} <= {request.path for request in requests}
    assert any(b"orders.waiting" in request.body for request in requests)


def test_the_key_is_in_a_header_and_nowhere_else(requests: list[Request]) -> None:
    keyed = {request.headers["dd-api-key"] for request in requests if "dd-api-key" in request.headers}

    assert keyed == {KEY}
    assert not any(KEY.encode() in request.body or KEY in request.path for request in requests)
