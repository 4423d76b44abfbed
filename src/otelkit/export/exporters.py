"""The SDK's three exporter interfaces in front of the same waiting queue.

Behind `otelkit.export.processors`, or behind the SDK's own batch processors, as zero-code start-up
has them. Items are encoded directly; with OTELKIT_EXPORT_ENCODING=sdk by the SDK's encoder. Each
constructor reads the environment where no `destination` or `queue_bytes` is given (see `settings`),
and raises ConfigurationError; so an entry point can make them without arguments.
"""

from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otelkit.encoding.logs import encode_log
from otelkit.encoding.spans import encode_span
from otelkit.export.waiting import Waiting
from otelkit.signals import Signal


class WaitingSpanExporter(Waiting, SpanExporter):
    """Exports spans: queues each batch in bytes, and offers it until a receiver takes it."""

    signal = Signal.TRACES

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Queue a batch; FAILURE when any of it was lost."""
        taken = self.offer(spans, encode_span, _encode_spans)
        return SpanExportResult.SUCCESS if taken else SpanExportResult.FAILURE

    def offer_span(self, span: ReadableSpan) -> bool:
        """Encode and queue one span; False when it was lost."""
        return self.offer_item(span, encode_span)


class WaitingLogExporter(Waiting, LogRecordExporter):
    """Exports log records: queues each batch in bytes, and offers it until a receiver takes it."""

    signal = Signal.LOGS

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        """Queue a batch; FAILURE when any of it was lost."""
        taken = self.offer(batch, encode_log, _encode_logs)
        return LogRecordExportResult.SUCCESS if taken else LogRecordExportResult.FAILURE

    def offer_log(self, record: ReadableLogRecord) -> bool:
        """Encode and queue one log record; False when it was lost."""
        return self.offer_item(record, encode_log)


def _encode_spans(spans: Sequence[ReadableSpan]) -> bytes:
    return encode_spans(spans).SerializeToString()


def _encode_logs(records: Sequence[ReadableLogRecord]) -> bytes:
    return encode_logs(records).SerializeToString()
