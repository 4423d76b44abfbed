"""Logs as JSON lines on stdout and in a file, each with the ids of the span it was written in.

The same records go out over OTLP through `opentelemetry-instrumentation-logging` (the SDK's
own LoggingHandler is deprecated). A line holds what the OpenTelemetry log data model names
(https://opentelemetry.io/docs/specs/otel/logs/data-model/), and nothing that the redaction
of exported records would remove.
"""

import json
import logging
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from opentelemetry.trace import INVALID_SPAN_CONTEXT, get_current_span
from opentelemetry.util.types import AnyValue

from otelkit.log_file import log_file
from otelkit.redaction import AllowList
from otelkit.redaction.attributes import AttributeRedactor

# What every record carries; anything else came in through `extra` and is an attribute.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonFormatter(logging.Formatter):
    """One JSON object a record: timestamp (RFC 3339, UTC), severity, logger, message, ids, attributes."""

    def __init__(self, allow: AllowList) -> None:
        super().__init__()
        self._redactor = AttributeRedactor(allow)

    def format(self, record: logging.LogRecord) -> str:
        """Render one line; what JSON has no type for is shown by `str`."""
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
            "severity": record.levelname,
            "logger": record.name,
            "message": self._redactor.redact_value(record.getMessage()),
        }
        context = get_current_span().get_span_context()
        if context != INVALID_SPAN_CONTEXT:
            line["trace_id"] = format(context.trace_id, "032x")
            line["span_id"] = format(context.span_id, "016x")
        if attributes := self._attributes(record):
            line["attributes"] = attributes | self._redactor.changes(attributes)
        return json.dumps(line, default=str)

    def _attributes(self, record: logging.LogRecord) -> dict[str, AnyValue]:
        attributes = {key: _plain(value) for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info and record.exc_info[0]:
            attributes["exception.type"] = record.exc_info[0].__name__
            attributes["exception.stacktrace"] = self.formatException(record.exc_info)
        return attributes


def _plain(value: object) -> AnyValue:
    return value if isinstance(value, str | bool | int | float) or value is None else str(value)


def open_logs(environ: Mapping[str, str], allow: AllowList) -> list[logging.Handler]:
    """Make the handlers for stdout and, when OTELKIT_LOG_FILE names one, for a file that rotates.

    Raises:
        ConfigurationError: the file cannot be written, or one of its settings is wrong.
    """
    formatter = JsonFormatter(allow)
    stdout = logging.StreamHandler(sys.stdout)
    stdout.setFormatter(formatter)
    file = log_file(environ, formatter)
    return [stdout] if file is None else [stdout, file]


def log_to(handlers: Iterable[logging.Handler], level: str) -> None:
    """Give every record of the process to these handlers too."""
    root = logging.getLogger()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel({"warn": "WARNING"}.get(level, level.upper()))
