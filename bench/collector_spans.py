"""Spans as a service of the cluster sends them: ten attributes each, and eight of their resource."""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from bench.export_side import attributes

BATCH = 512
RESOURCE = {
    "service.name": "http-fastapi",
    "service.namespace": "shop",
    "deployment.environment.name": "production",
    "k8s.pod.name": "http-fastapi-6c9f7d8b5-x2x7k",
    "k8s.pod.uid": "0b8a4d3e-7d8c-4f4e-9f4e-2f1f6c1b7a11",
    "k8s.namespace.name": "shop",
    "k8s.node.name": "worker-1",
    "telemetry.sdk.language": "python",
}


def encoded_batch(number: int) -> bytes:
    """Encode the spans of one batch; eight spans make a trace."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.extend(_pair(key, value) for key, value in RESOURCE.items())
    scope = resource.scope_spans.add()
    for position in range(number * BATCH, (number + 1) * BATCH):
        scope.spans.add(
            trace_id=(position // 8 * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128).to_bytes(16),
            span_id=(position * 0x9E3779B97F4A7C15 % 2**64).to_bytes(8),
            name="GET /orders/{order_id}",
            start_time_unix_nano=1_700_000_000_000_000_000 + position * 1_000_003,
            end_time_unix_nano=1_700_000_000_000_000_000 + position * 1_000_003 + 900_000 + position % 7919,
            attributes=[_pair(key, value) for key, value in attributes(position).items()],
        )
    return request.SerializeToString()


def _pair(key: str, value: str | int | bool | float) -> KeyValue:
    match value:
        case bool():
            return KeyValue(key=key, value=AnyValue(bool_value=value))
        case int():
            return KeyValue(key=key, value=AnyValue(int_value=value))
        case float():
            return KeyValue(key=key, value=AnyValue(double_value=value))
        case _:
            return KeyValue(key=key, value=AnyValue(string_value=value))
