"""The three OTLP signals and where each goes on the wire.

Paths and methods are those of the OTLP 1.10 specification
(https://opentelemetry.io/docs/specs/otlp/).
"""

from enum import StrEnum
from typing import NamedTuple

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

ExportRequest = ExportTraceServiceRequest | ExportMetricsServiceRequest | ExportLogsServiceRequest
ExportResponse = ExportTraceServiceResponse | ExportMetricsServiceResponse | ExportLogsServiceResponse


class Signal(StrEnum):
    """What is exported: traces, metrics or logs."""

    TRACES = "traces"
    METRICS = "metrics"
    LOGS = "logs"


class Wire(NamedTuple):
    """How one signal is called in OTLP: gRPC service and method, HTTP path, messages."""

    grpc_service: str
    http_path: str
    request: type[ExportRequest]
    response: type[ExportResponse]

    @property
    def grpc_method(self) -> str:
        """Full method name, as a gRPC channel takes it."""
        return f"/{self.grpc_service}/Export"


WIRES = {
    Signal.TRACES: Wire(
        "opentelemetry.proto.collector.trace.v1.TraceService",
        "/v1/traces",
        ExportTraceServiceRequest,
        ExportTraceServiceResponse,
    ),
    Signal.METRICS: Wire(
        "opentelemetry.proto.collector.metrics.v1.MetricsService",
        "/v1/metrics",
        ExportMetricsServiceRequest,
        ExportMetricsServiceResponse,
    ),
    Signal.LOGS: Wire(
        "opentelemetry.proto.collector.logs.v1.LogsService",
        "/v1/logs",
        ExportLogsServiceRequest,
        ExportLogsServiceResponse,
    ),
}
