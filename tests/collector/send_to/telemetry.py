"""One span, two metrics and one log line, each with a secret that must not arrive, by OTLP over gRPC."""

import time

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc import LogsServiceStub
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2_grpc import MetricsServiceStub
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE,
    Histogram,
    Sum,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.collector.payloads import key_values

CANARY = "hunter2canary"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
SPAN_ID = "b7ad6b7169203331"
SPAN_NAME = "GET /stock"
SUM, HISTOGRAM = "shop.orders", "shop.order.duration"
BODY = "order 7 accepted"
NOTE = f"password={CANARY}"
MASKED = "****"


def send(target: str) -> None:
    """Hand all three signals to an OTLP endpoint. Raises grpc.RpcError when it does not take them."""
    now = time.time_ns()
    with grpc.insecure_channel(target) as channel:
        TraceServiceStub(channel).Export(_traces(now), timeout=10)  # type: ignore[no-untyped-call]  # generated
        MetricsServiceStub(channel).Export(_metrics(now), timeout=10)  # type: ignore[no-untyped-call]
        LogsServiceStub(channel).Export(_logs(now), timeout=10)  # type: ignore[no-untyped-call]


def _resource() -> Resource:
    return Resource(attributes=key_values({"service.name": "stock", "service.version": "1.2.3"}))


def _traces(now: int) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add(resource=_resource())
    group.scope_spans.add().spans.add(
        trace_id=bytes.fromhex(TRACE_ID),
        span_id=bytes.fromhex(SPAN_ID),
        name=SPAN_NAME,
        kind=Span.SPAN_KIND_SERVER,
        start_time_unix_nano=now,
        end_time_unix_nano=now + 20_000_000,
        attributes=key_values({"note": NOTE}),
    )
    return request


def _metrics(now: int) -> ExportMetricsServiceRequest:
    request = ExportMetricsServiceRequest()
    scope = request.resource_metrics.add(resource=_resource()).scope_metrics.add()
    times = {"start_time_unix_nano": now, "time_unix_nano": now + 1_000_000}
    attributes = key_values({"note": NOTE})
    total = Sum(aggregation_temporality=AGGREGATION_TEMPORALITY_CUMULATIVE, is_monotonic=True)
    total.data_points.add(as_int=7, attributes=attributes, **times)
    durations = Histogram(aggregation_temporality=AGGREGATION_TEMPORALITY_CUMULATIVE)
    durations.data_points.add(
        count=3, sum=0.6, bucket_counts=[1, 2], explicit_bounds=[0.1], attributes=attributes, **times
    )
    scope.metrics.add(name=SUM, unit="{order}", sum=total)
    scope.metrics.add(name=HISTOGRAM, unit="s", histogram=durations)
    return request


def _logs(now: int) -> ExportLogsServiceRequest:
    request = ExportLogsServiceRequest()
    record = (
        request.resource_logs.add(resource=_resource())
        .scope_logs.add()
        .log_records.add(
            time_unix_nano=now,
            trace_id=bytes.fromhex(TRACE_ID),
            span_id=bytes.fromhex(SPAN_ID),
            attributes=key_values({"note": NOTE}),
        )
    )
    record.body.string_value = f"{BODY} {NOTE}"
    return request
