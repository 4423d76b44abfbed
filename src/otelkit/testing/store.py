"""What a sink has received: decoded signals, request counts, and who waits for them."""

from collections import Counter

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otelkit.signals import ExportRequest, Signal
from otelkit.testing.changes import Changes
from otelkit.testing.logs import LogRecord, logs_of
from otelkit.testing.metrics import MetricPoint, metrics_of
from otelkit.traces import Span, spans_of


class Store(Changes):
    """Received spans, log records and metric points, in order of arrival."""

    def __init__(self) -> None:
        super().__init__()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self.changed:
            self.spans: list[Span] = []
            self.logs: list[LogRecord] = []
            self.metrics: list[MetricPoint] = []
            self.requests: Counter[Signal] = Counter()

    def count(self, signal: Signal) -> None:
        """Count one request, whatever its answer."""
        with self.changed:
            self.requests[signal] += 1
            self.changed.notify_all()

    def keep(self, request: ExportRequest) -> None:
        """Decode and keep what one request brings."""
        with self.changed:
            if isinstance(request, ExportTraceServiceRequest):
                self.spans += spans_of(request.resource_spans)
            elif isinstance(request, ExportLogsServiceRequest):
                self.logs += logs_of(request.resource_logs)
            else:
                self.metrics += metrics_of(request.resource_metrics)
            self.changed.notify_all()
