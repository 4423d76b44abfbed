"""What the viewer is fed with: traces of ten services, with ten attributes a span, their logs and metrics.

Made of one message that is changed and encoded anew, so that the feeder is quicker than the viewer.
"""

from collections.abc import Iterator

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import SeverityNumber
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from otelkit.signals import ExportRequest, Signal

SECOND = 10**9
BEGIN = 1_790_000_000 * SECOND
SPANS_A_TRACE = 10
SERVICES = [f"service-{number}" for number in range(SPANS_A_TRACE)]
SPAN_GAP_NANOS = 3_600 * SECOND // 1_000_000  # a million spans are an hour
_SPANS_A_LOG = 5
_TRACES_BETWEEN_METRICS = 300  # about ten seconds
_METRICS = 20
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


def trace_requests(first: int, traces: int) -> ExportTraceServiceRequest:
    """Whole traces from the number given on; each of their ten spans is of another service."""
    request = ExportTraceServiceRequest()
    for service in SERVICES:
        group = request.resource_spans.add()
        _describe(group.resource, service)
        group.scope_spans.add().scope.name = "bench"
    for trace in range(first, first + traces):
        for place in range(SPANS_A_TRACE):
            span = request.resource_spans[place].scope_spans[0].spans.add()
            _fill(span, trace, place)
    return request


def _describe(resource: Resource, service: str) -> None:
    named = {"service.name": service, "service.version": "1.2.3", "deployment.environment.name": "bench"}
    for key, value in {**named, "host.name": "node-1", "telemetry.sdk.language": "python"}.items():
        resource.attributes.add(key=key).value.string_value = value


def _fill(span: Span, trace: int, place: int) -> None:
    number = trace * SPANS_A_TRACE + place + 1
    span.trace_id = trace_id_of(trace)
    span.span_id = number.to_bytes(8, "big")
    if place:
        span.parent_span_id = (number - 1).to_bytes(8, "big")
    span.name = f"operation {trace % 5} of {place}"
    span.kind = Span.SPAN_KIND_CLIENT if place % 2 == 0 else Span.SPAN_KIND_SERVER
    span.start_time_unix_nano = BEGIN + number * SPAN_GAP_NANOS
    span.end_time_unix_nano = span.start_time_unix_nano + (trace % 97 + 1) * 1_000_000
    if trace % 100 == 0 and place == SPANS_A_TRACE - 1:
        span.status.code = Status.STATUS_CODE_ERROR
    texts = {"http.request.method": "POST", "http.route": "/orders/{id}", "network.protocol.version": "1.1"}
    for key, text in texts.items():
        span.attributes.add(key=key).value.string_value = text
    span.attributes.add(key="url.path").value.string_value = f"/orders/{number}"
    span.attributes.add(key="shop.order.id").value.string_value = f"order-{number:09}"
    span.attributes.add(key="shop.customer.id").value.string_value = f"customer-{trace % 10_000}"
    span.attributes.add(key="http.response.status_code").value.int_value = 500 if span.status.code else 200
    span.attributes.add(key="server.port").value.int_value = 8_000 + place
    span.attributes.add(key="shop.amount").value.double_value = trace % 1_000 / 10
    span.attributes.add(key="shop.paid").value.bool_value = trace % 2 == 0


def trace_id_of(trace: int) -> bytes:
    """Trace id by number."""
    return (trace * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128 | 1).to_bytes(16, "big")


def log_request(first: int, traces: int) -> ExportLogsServiceRequest:
    """Two records a trace."""
    request = ExportLogsServiceRequest()
    group = request.resource_logs.add()
    _describe(group.resource, SERVICES[first % SPANS_A_TRACE])
    records = group.scope_logs.add().log_records
    for number in range(first * SPANS_A_TRACE, (first + traces) * SPANS_A_TRACE, _SPANS_A_LOG):
        record = records.add(time_unix_nano=BEGIN + number * SPAN_GAP_NANOS)
        record.trace_id, record.span_id = (
            trace_id_of(number // SPANS_A_TRACE),
            (number + 1).to_bytes(8, "big"),
        )
        wrong = number % 1_000 == 0
        record.severity_number = (
            SeverityNumber.SEVERITY_NUMBER_ERROR if wrong else SeverityNumber.SEVERITY_NUMBER_INFO
        )
        record.severity_text = "ERROR" if wrong else "INFO"
        what = "was refused by the bank" if wrong else "was taken and will be sent today"
        record.body.string_value = f"order order-{number:09} of customer-{number % 10_000} {what}"
        record.attributes.add(key="code.function.name").value.string_value = "shop.orders.take"
        record.attributes.add(key="shop.order.id").value.string_value = f"order-{number:09}"
    return request


def metric_request(time: int, count: int) -> ExportMetricsServiceRequest:
    """Histograms of all services at one time, with an exemplar each."""
    request = ExportMetricsServiceRequest()
    for service in SERVICES:
        group = request.resource_metrics.add()
        _describe(group.resource, service)
        metrics = group.scope_metrics.add().metrics
        for number in range(_METRICS):
            metric = metrics.add(name=f"shop.duration.{number}", unit="s")
            metric.histogram.aggregation_temporality = (
                AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
            )
            for route in range(5):
                point = metric.histogram.data_points.add(count=count * 11, sum=count, time_unix_nano=time)
                point.attributes.add(key="http.route").value.string_value = f"/orders/{route}"
                point.explicit_bounds.extend(_BOUNDS)
                point.bucket_counts.extend([count] * (len(_BOUNDS) + 1))
                point.exemplars.add(
                    as_double=0.3, time_unix_nano=time, trace_id=trace_id_of(1), span_id=bytes(7) + b"\1"
                )
    return request


def requests(traces: int, traces_a_request: int) -> Iterator[tuple[Signal, ExportRequest]]:
    """All that belongs to a number of traces, in order of time."""
    metrics_due = 0
    for first in range(0, traces, traces_a_request):
        yield Signal.TRACES, trace_requests(first, traces_a_request)
        yield Signal.LOGS, log_request(first, traces_a_request)
        if first >= metrics_due:
            time = BEGIN + first * SPANS_A_TRACE * SPAN_GAP_NANOS
            yield Signal.METRICS, metric_request(time, metrics_due // _TRACES_BETWEEN_METRICS + 1)
            metrics_due += _TRACES_BETWEEN_METRICS
