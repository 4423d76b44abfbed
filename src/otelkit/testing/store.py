"""What a sink has received: decoded signals, request counts, and who waits for them.

One condition variable guards all of it; a waiting test wakes with the request that changes something.
"""

from collections import Counter
from collections.abc import Callable
from threading import Condition
from typing import TypeVar

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otelkit.signals import ExportRequest, Signal
from otelkit.testing.logs import LogRecord, logs_of
from otelkit.testing.metrics import MetricPoint, metrics_of
from otelkit.traces import Span, spans_of

T = TypeVar("T")
_MOST_SHOWN = 20  # records in an error's text


class NotReceivedError(AssertionError):
    """What a test waited for did not arrive in time."""


class Store:
    """Received spans, log records and metric points, in order of arrival."""

    def __init__(self) -> None:
        self.changed = Condition()
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

    def wait(
        self,
        read: Callable[[], list[T]],
        wanted: int | Callable[[list[T]], bool],
        timeout_seconds: float,
        show: Callable[[list[T]], str] = lambda records: "\n".join(map(repr, records[:_MOST_SHOWN])),
    ) -> list[T]:
        """Return `read()` once it has `wanted` records or `wanted` holds for it.

        Raises NotReceivedError after `timeout_seconds`, showing what is there instead.
        """

        def ready() -> bool:
            return wanted(read()) if callable(wanted) else len(read()) >= wanted

        with self.changed:
            if self.changed.wait_for(ready, timeout_seconds):
                return read()
            there = read()
        goal = "as expected" if callable(wanted) else f"{wanted} records"
        raise NotReceivedError(
            f"not {goal} after {timeout_seconds:g} s; received {len(there)}:\n{show(there) or '(nothing)'}"
        )
