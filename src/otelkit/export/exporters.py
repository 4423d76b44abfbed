"""The SDK's three exporter interfaces in front of the same waiting queue.

To be used with the SDK's own BatchSpanProcessor, BatchLogRecordProcessor and
PeriodicExportingMetricReader. Encoding is the stock OTLP exporters' own. Each constructor reads
the environment where no `destination` or `queue_bytes` is given (see `settings`), and raises
ConfigurationError; so an entry point can make them without arguments.
"""

from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.metrics import MeterProvider
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otelkit.export.destination import Destination
from otelkit.export.waiting import SHUTDOWN_TIMEOUT_SECONDS, Waiting
from otelkit.signals import Signal


class WaitingSpanExporter(Waiting, SpanExporter):
    """Exports spans: queues each batch in bytes, and offers it until a receiver takes it."""

    def __init__(
        self,
        *,
        queue_bytes: int | None = None,
        destination: Destination | None = None,
        meter_provider: MeterProvider | None = None,
        shutdown_timeout_seconds: float = SHUTDOWN_TIMEOUT_SECONDS,
    ) -> None:
        super().__init__(Signal.TRACES, queue_bytes, destination, meter_provider, shutdown_timeout_seconds)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Queue a batch; FAILURE when any of it was lost."""
        return SpanExportResult.SUCCESS if self.offer(spans, _encode_spans) else SpanExportResult.FAILURE


class WaitingLogExporter(Waiting, LogRecordExporter):
    """Exports log records: queues each batch in bytes, and offers it until a receiver takes it."""

    def __init__(
        self,
        *,
        queue_bytes: int | None = None,
        destination: Destination | None = None,
        meter_provider: MeterProvider | None = None,
        shutdown_timeout_seconds: float = SHUTDOWN_TIMEOUT_SECONDS,
    ) -> None:
        super().__init__(Signal.LOGS, queue_bytes, destination, meter_provider, shutdown_timeout_seconds)

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        """Queue a batch; FAILURE when any of it was lost."""
        taken = self.offer(batch, _encode_logs)
        return LogRecordExportResult.SUCCESS if taken else LogRecordExportResult.FAILURE


def _encode_spans(spans: Sequence[ReadableSpan]) -> bytes:
    return encode_spans(spans).SerializeToString()


def _encode_logs(records: Sequence[ReadableLogRecord]) -> bytes:
    return encode_logs(records).SerializeToString()
