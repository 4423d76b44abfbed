"""Every backend that takes OTLP is asked where, how and as whom it documents, and gets all of it."""

from collections.abc import Iterable

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otelkit.signals import Signal
from otelkit.testing.logs import logs_of
from otelkit.testing.metrics import metrics_of
from otelkit.traces import spans_of
from tests.collector.send_to import telemetry
from tests.collector.send_to.backends import BACKENDS, KEY, Backend
from tests.collector.send_to.delivery import Arrived
from tests.collector.send_to.recorder import Request

COUNTS = {Signal.METRICS: '"data points": 2', Signal.LOGS: '"log records": 1'}  # of the exporter `debug`
each_backend = pytest.mark.parametrize("backend", BACKENDS, ids=str)
each_signal = pytest.mark.parametrize(
    ("backend", "signal"),
    [(backend, signal) for backend in BACKENDS for signal in backend.paths],
    ids=str,
)


@each_backend
def test_a_backend_is_asked_at_its_paths_and_nowhere_else(arrived: Arrived, backend: Backend) -> None:
    asked = {(request.method, request.path) for request in arrived(backend).requests}

    method = "gRPC" if backend.grpc else "POST"
    assert asked == {(method, path) for path in backend.paths.values()}


@each_signal
def test_every_request_has_the_headers_of_the_backend(
    arrived: Arrived, backend: Backend, signal: Signal
) -> None:
    protocol = {} if backend.grpc else {"content-type": "application/x-protobuf", "content-encoding": "gzip"}
    wanted = {**protocol, **backend.headers, **backend.more.get(signal, {})}
    for request in arrived(backend).of(backend.paths[signal]):
        assert {name: request.headers.get(name) for name in wanted} == wanted


@each_backend
def test_the_key_is_in_its_header_and_nowhere_else(arrived: Arrived, backend: Backend) -> None:
    arrival = arrived(backend)

    for request in arrival.requests:
        having = {name for name, value in request.headers.items() if KEY in value}
        assert having == {name for name, value in backend.headers.items() if KEY in value}
        assert KEY not in request.path
        assert KEY.encode() not in request.body
    assert KEY not in arrival.log


@each_backend
def test_no_secret_of_a_sender_arrives(arrived: Arrived, backend: Backend) -> None:
    for request in arrived(backend).requests:
        assert telemetry.CANARY.encode() not in request.body
        assert telemetry.MASKED.encode() in request.body


@pytest.mark.parametrize(
    ("backend", "signal"),
    [(backend, signal) for backend in BACKENDS for signal in Signal if signal not in backend.paths],
    ids=str,
)
def test_a_signal_that_the_backend_does_not_take_is_counted_on_stdout(
    arrived: Arrived, backend: Backend, signal: Signal
) -> None:
    counted = [line for line in arrived(backend).log.splitlines() if f'"otelcol.signal": "{signal}"' in line]

    assert any(COUNTS[signal] in line for line in counted)


@each_backend
def test_the_span_arrives(arrived: Arrived, backend: Backend) -> None:
    spans = [
        span
        for body in _bodies(arrived(backend).of(backend.paths[Signal.TRACES]))
        for span in spans_of(ExportTraceServiceRequest.FromString(body).resource_spans)
    ]

    assert [(span.trace_id, span.span_id, span.name) for span in spans] == [
        (telemetry.TRACE_ID, telemetry.SPAN_ID, telemetry.SPAN_NAME)
    ]
    assert spans[0].resource["service.name"] == "stock"


@pytest.mark.parametrize("backend", [one for one in BACKENDS if Signal.METRICS in one.paths], ids=str)
def test_the_metrics_arrive_with_the_temporality_that_the_backend_takes(
    arrived: Arrived, backend: Backend
) -> None:
    points = {
        point.name: point
        for body in _bodies(arrived(backend).of(backend.paths[Signal.METRICS]))
        for point in metrics_of(ExportMetricsServiceRequest.FromString(body).resource_metrics)
    }

    total, durations = points[telemetry.SUM], points[telemetry.HISTOGRAM]
    assert (total.value, total.monotonic, total.temporality) == (7, True, backend.temporality)
    assert (durations.count, durations.total, durations.buckets) == (3, 0.6, (1, 2))
    assert durations.temporality == backend.temporality


@pytest.mark.parametrize("backend", [one for one in BACKENDS if Signal.LOGS in one.paths], ids=str)
def test_the_log_line_arrives_with_the_ids_of_its_span(arrived: Arrived, backend: Backend) -> None:
    records = [
        record
        for body in _bodies(arrived(backend).of(backend.paths[Signal.LOGS]))
        for record in logs_of(ExportLogsServiceRequest.FromString(body).resource_logs)
    ]

    assert [(record.body, record.trace_id, record.span_id) for record in records] == [
        (f"{telemetry.BODY} {telemetry.MASKED}", telemetry.TRACE_ID, telemetry.SPAN_ID)
    ]


def _bodies(requests: Iterable[Request]) -> list[bytes]:
    return [request.body for request in requests]
