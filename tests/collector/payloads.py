"""Small OTLP requests, built by hand so that nothing redacts them before the Collector does."""

from collections.abc import Iterable, Mapping

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc import LogsServiceStub
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

Value = str | int | list[str]


def span(
    number: int, attributes: Mapping[str, Value] | None = None, event: Mapping[str, Value] | None = None
) -> Span:
    """Build a CLIENT span with this id."""
    made = Span(
        trace_id=(1).to_bytes(16),
        span_id=number.to_bytes(8),
        name=f"span {number}",
        kind=Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=1,
        end_time_unix_nano=2,
        attributes=key_values(attributes or {}),
    )
    if event is not None:
        made.events.add(name="exception", time_unix_nano=1, attributes=key_values(event))
    return made


def key_values(values: Mapping[str, Value]) -> list[KeyValue]:
    """Build OTLP attributes."""
    return [KeyValue(key=key, value=_any_value(value)) for key, value in values.items()]


def send_spans(target: str, spans: Iterable[Span], **resource: str) -> None:
    """Hand spans to an OTLP endpoint. Raises grpc.RpcError when it does not take them."""
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    group.resource.attributes.extend(key_values(resource))
    group.scope_spans.add().spans.extend(spans)
    with grpc.insecure_channel(target) as channel:
        TraceServiceStub(channel).Export(request, timeout=10)  # type: ignore[no-untyped-call]  # generated


def send_log(target: str, body: str) -> None:
    """Hand one log record to an OTLP endpoint."""
    request = ExportLogsServiceRequest()
    record = request.resource_logs.add().scope_logs.add().log_records.add(time_unix_nano=1)
    record.body.string_value = body
    with grpc.insecure_channel(target) as channel:
        LogsServiceStub(channel).Export(request, timeout=10)  # type: ignore[no-untyped-call]  # generated


def _any_value(value: Value) -> AnyValue:
    if isinstance(value, list):
        return AnyValue(array_value=ArrayValue(values=[AnyValue(string_value=item) for item in value]))
    return AnyValue(int_value=value) if isinstance(value, int) else AnyValue(string_value=value)
