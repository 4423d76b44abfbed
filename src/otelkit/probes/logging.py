"""Probe: a log record written in a span leaves with that span's id."""

import logging
from importlib.metadata import version

from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider


def emit_correlated_record(provider: TracerProvider) -> str:
    """Log within a span of `provider`; returns the version.

    Raises:
        RuntimeError: no record came out, or one without the span's id.
    """
    records = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]  # upstream forgot the annotation
    loggers = LoggerProvider(shutdown_on_exit=False)
    loggers.add_log_record_processor(SimpleLogRecordProcessor(records))
    logger = logging.Logger("otelkit.probe")  # noqa: LOG001 - outside the tree of loggers, nothing else sees it
    logger.addHandler(LoggingHandler(logger_provider=loggers))
    with provider.get_tracer(__name__).start_as_current_span("log") as span:
        logger.warning("probe")
    span_ids = [record.log_record.span_id for record in records.get_finished_logs()]
    if span_ids != [span.get_span_context().span_id]:
        raise RuntimeError(f"one record with the id of its span was due, there were {len(span_ids)}")
    return f"opentelemetry-instrumentation-logging {version('opentelemetry-instrumentation-logging')}"
