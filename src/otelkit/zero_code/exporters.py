"""The exporters that zero-code start-up finds under the name `otelkit`: export that waits, redacted.

With configure() redaction is a processor before the exporter. A declarative configuration file knows
only the processors `batch` and `simple` and takes no others (opentelemetry-configuration 0.66b1), so
here the exporter redacts. Log records are copied for it: other exporters may hold the same ones.
"""

import os
from collections.abc import Sequence
from copy import copy
from typing import Any
from weakref import WeakSet

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExportResult
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from otelkit.export import WaitingLogExporter, WaitingMetricExporter, WaitingSpanExporter
from otelkit.openmetrics import OpenMetricsReader
from otelkit.redaction import AllowList, RedactingLogProcessor
from otelkit.redaction.attributes import AttributeRedactor
from otelkit.redaction.spans import redact_span

alive: WeakSet[Any] = WeakSet()


class RedactingSpanExporter(WaitingSpanExporter):
    """Exports spans without what the OTELKIT_ALLOW_* variables do not allow."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._redactor = AttributeRedactor(AllowList.from_environment(os.environ))
        alive.add(self)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Redact and queue a batch; FAILURE when any of it was lost."""
        return super().export([redact_span(span, self._redactor) for span in spans])


class RedactingLogExporter(WaitingLogExporter):
    """Exports log records without what the OTELKIT_ALLOW_* variables do not allow."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._redaction = RedactingLogProcessor(AllowList.from_environment(os.environ))
        alive.add(self)

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        """Redact and queue a batch; FAILURE when any of it was lost."""
        return super().export([self._redact(record) for record in batch])

    def _redact(self, readable: ReadableLogRecord) -> ReadableLogRecord:
        redacted = copy(readable)
        record = copy(readable.log_record)
        record.attributes = BoundedAttributes(attributes=record.attributes, immutable=False)
        record.attributes.dropped = readable.dropped_attributes
        object.__setattr__(redacted, "log_record", record)  # a frozen dataclass
        self._redaction.on_emit(redacted)  # type: ignore[arg-type]  # has all that is read of a ReadWriteLogRecord
        return redacted


class ZeroCodeMetricExporter(WaitingMetricExporter):
    """Exports metrics; adopt() finds it, to bound its end."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        alive.add(self)


class ZeroCodeOpenMetricsReader(OpenMetricsReader):
    """The page of metrics, as a file's pull reader; adopt() finds it, for the service to serve."""

    def __init__(self) -> None:
        super().__init__()
        alive.add(self)
