"""The log processor that redacts: add it after those that add attributes and before the one that exports.

A log record is mutable while it is emitted and every later processor sees the changes, so records are
redacted in place (https://opentelemetry.io/docs/specs/otel/logs/sdk/#onemit).
"""

from collections.abc import MutableMapping

from opentelemetry.sdk._logs import LogRecordProcessor, ReadWriteLogRecord

from otelkit.redaction.allow import AllowList
from otelkit.redaction.attributes import AttributeRedactor
from otelkit.redaction.text import redact_text
from otelkit.redaction.urls import REDACTED


class RedactingLogProcessor(LogRecordProcessor):
    """Redacts body, attributes and event name of each record; never raises."""

    def __init__(self, allow: AllowList) -> None:
        self._redactor = AttributeRedactor(allow)

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        """Redact the record in place, for the processors that come after."""
        record = log_record.log_record
        try:
            record.body = self._redactor.redact_value(record.body)
            if record.event_name:
                record.event_name = redact_text(record.event_name, self._redactor.allow)
            if isinstance(record.attributes, MutableMapping):
                for key, value in self._redactor.changes(record.attributes).items():
                    record.attributes[key] = value
        except Exception:  # noqa: BLE001 - whatever fails here, the record must neither be lost nor pass as it is
            record.body, record.event_name, record.attributes = REDACTED, None, {}

    def shutdown(self) -> None:
        """Nothing is held."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Nothing is held."""
        return True
