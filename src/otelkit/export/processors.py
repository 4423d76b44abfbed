"""Span and log processors that encode where an item ends and keep only its bytes.

Encoding in the caller costs it microseconds; in a worker thread it would hold the interpreter's
lock for tens of milliseconds at a time, which callers feel as latency. The queue's bound is exact
in bytes, and a fork has nothing to take over. OTEL_BSP_* and OTEL_BLRP_* say how long an item may
wait for others and how many make a request; the queue is bounded by OTELKIT_EXPORT_QUEUE_BYTES.
"""

import os

from opentelemetry.context import Context
from opentelemetry.sdk._logs import LogRecordProcessor, ReadWriteLogRecord
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from otelkit.environment import positive, read
from otelkit.export.byte_queue import Batching
from otelkit.export.exporters import WaitingLogExporter, WaitingSpanExporter
from otelkit.export.processor_metrics import observe_processing


class DirectSpanProcessor(SpanProcessor):
    """Encodes each sampled span when it ends and queues its bytes at the exporter."""

    def __init__(self, exporter: WaitingSpanExporter) -> None:
        self.exporter = exporter
        exporter.gather(read_batching("BSP", 5000))
        observe_processing(exporter)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Do nothing yet."""

    def on_end(self, span: ReadableSpan) -> None:
        """Encode and queue."""
        context = span.context
        if context is not None and context.trace_flags & 1:
            self.exporter.offer_span(span)

    def shutdown(self) -> None:
        """Deliver what waits, within the exporter's bound."""
        self.exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Deliver what waits; False when the time is over before."""
        return self.exporter.force_flush(timeout_millis)


class DirectLogProcessor(LogRecordProcessor):
    """Encodes each log record when it is emitted and queues its bytes at the exporter."""

    def __init__(self, exporter: WaitingLogExporter) -> None:
        self._exporter = exporter
        exporter.gather(read_batching("BLRP", 1000))
        observe_processing(exporter)

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        """Encode and queue."""
        self._exporter.offer_log(log_record)  # type: ignore[arg-type]  # has all that is read of a ReadableLogRecord

    def shutdown(self) -> None:
        """Deliver what waits, within the exporter's bound."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Deliver what waits; False when the time is over before."""
        return self._exporter.force_flush(timeout_millis)


def read_batching(processor: str, delay_millis: int) -> Batching:
    """Read OTEL_<PROCESSOR>_SCHEDULE_DELAY and _MAX_EXPORT_BATCH_SIZE; raises ConfigurationError."""
    delay = read(os.environ, f"OTEL_{processor}_SCHEDULE_DELAY", positive, delay_millis)
    return Batching(delay / 1000, read(os.environ, f"OTEL_{processor}_MAX_EXPORT_BATCH_SIZE", positive, 512))
