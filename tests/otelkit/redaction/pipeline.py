"""A tracer and a logger behind redaction, whose exported bytes can be searched."""

from collections.abc import Sequence

from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer

from otelkit.redaction import AllowList, RedactingLogProcessor, RedactingSpanProcessor


class Pipeline:
    """What a process exports under one allow-list."""

    def __init__(self, allow: AllowList) -> None:
        self._spans = InMemorySpanExporter()
        self._logs = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]  # the SDK left it untyped
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(RedactingSpanProcessor(SimpleSpanProcessor(self._spans), allow))
        self.loggers = LoggerProvider(shutdown_on_exit=False)
        self.loggers.add_log_record_processor(RedactingLogProcessor(allow))
        self.loggers.add_log_record_processor(SimpleLogRecordProcessor(self._logs))
        self.tracer: Tracer = self.tracers.get_tracer("shop")

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        return self._spans.get_finished_spans()

    def emit(self, record: LogRecord) -> None:
        self.loggers.get_logger("shop").emit(record)

    def exported_bytes(self) -> bytes:
        logs = encode_logs(self._logs.get_finished_logs())
        return encode_spans(self.spans).SerializeToString() + logs.SerializeToString()


def event_text(span: ReadableSpan, key: str) -> str:
    """Give a text attribute of the span's first event."""
    return str((span.events[0].attributes or {})[key])
