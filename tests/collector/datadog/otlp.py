"""OTLP as our services send it, built by hand so that each test says what it depends on."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.collector.payloads import Value, key_values

SECOND = 10**9
IDS: Mapping[str, bytes] = {"trace_id": (1).to_bytes(16), "span_id": (1).to_bytes(8)}
FAILED = Status(code=Status.STATUS_CODE_ERROR)
RESOURCE: Mapping[str, Value] = {
    "service.name": "shop",
    "service.version": "1.4.2",
    "deployment.environment.name": "staging",
    "host.name": "web-1",
    "host.id": "3d1219c7",
    "telemetry.sdk.language": "python",
}
_PATHS = {
    ExportTraceServiceRequest: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    ExportMetricsServiceRequest: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    ExportLogsServiceRequest: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
}
Request = ExportTraceServiceRequest | ExportMetricsServiceRequest | ExportLogsServiceRequest


def span(name: str, attributes: Mapping[str, Value] | None = None, **fields: Any) -> Span:
    """Build a span that ends now; `fields` are those of OTLP, and `seconds` (0.01) is how long it took."""
    end = time.time_ns()
    start = end - int(fields.pop("seconds", 0.01) * SECOND)
    times = {"start_time_unix_nano": start, "end_time_unix_nano": end}
    return Span(name=name, attributes=key_values(attributes or {}), **{**IDS, **times, **fields})


def traces(spans: Sequence[Span], **resource: Value) -> ExportTraceServiceRequest:
    """Put spans into a request; underscores of a resource attribute's name stand for dots."""
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    group.resource.attributes.extend(key_values(resource_with(resource)))
    group.scope_spans.add().spans.extend(spans)
    return request


def logs(*records: Mapping[str, Any]) -> ExportLogsServiceRequest:
    """Put log records into a request; `body` is a text."""
    request = ExportLogsServiceRequest()
    group = request.resource_logs.add()
    group.resource.attributes.extend(key_values(resource_with({})))
    scope = group.scope_logs.add()
    for record in records:
        body = {"string_value": record["body"]}
        scope.log_records.add(**{"time_unix_nano": time.time_ns(), **record, "body": body})
    return request


def resource_with(other: Mapping[str, Value]) -> dict[str, Value]:
    """Give the resource of our services with something else in it."""
    return {**RESOURCE, **{name.replace("_", "."): value for name, value in other.items()}}


def send(target: str, *requests: Request) -> None:
    """Hand requests to an OTLP endpoint. Raises grpc.RpcError when it does not take one."""
    with grpc.insecure_channel(target) as channel:
        for request in requests:
            call = channel.unary_unary(_PATHS[type(request)], None, None)  # bytes in, bytes out
            call(request.SerializeToString(), timeout=10)
