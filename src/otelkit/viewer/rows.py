"""From OTLP messages to the columns that are searched.

Text is cut and numbers are clamped for the columns only; `body` keeps the message
as it came. Ids must be as the trace specification has them: 16 and 8 bytes, not all zero.
"""

from collections.abc import Iterable

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

COLUMN_CHARACTERS = 255
_LARGEST_INTEGER = 2**63 - 1
_TRACE_ID_BYTES, _SPAN_ID_BYTES = 16, 8
_METRIC_KINDS = ("gauge", "sum", "histogram", "exponential_histogram", "summary")


def has_valid_ids(span: Span | Span.Link) -> bool:
    """Whether trace id and span id are of the right length and not all zero."""
    lengths = (len(span.trace_id), len(span.span_id))
    return lengths == (_TRACE_ID_BYTES, _SPAN_ID_BYTES) and any(span.trace_id) and any(span.span_id)


def is_root(span: Span) -> bool:
    """Whether the span says it has no parent."""
    return not any(span.parent_span_id)


def span_times(span: Span) -> tuple[int, int]:
    """Start and end as they go into columns."""
    return column_integer(span.start_time_unix_nano), column_integer(span.end_time_unix_nano)


def span_number(span_id: bytes) -> int:
    """A span id as it goes into a column."""
    return int.from_bytes(span_id, "big", signed=True)


def service_name(attributes: Iterable[KeyValue]) -> str:
    """`service.name` out of a resource's attributes; empty when it has none."""
    for pair in attributes:
        if pair.key == "service.name":
            return column_text(pair.value.string_value)
    return ""


def log_time(record: LogRecord) -> int:
    """When it happened, or when it was observed if that is not known."""
    return column_integer(record.time_unix_nano or record.observed_time_unix_nano)


def metric_kind(metric: Metric) -> tuple[str, int]:
    """Kind of a metric and its number of data points."""
    kind = metric.WhichOneof("data")
    return (kind, len(getattr(metric, kind).data_points)) if kind in _METRIC_KINDS else ("none", 0)


def column_text(text: str) -> str:
    """Text as it goes into a column."""
    return text[:COLUMN_CHARACTERS]


def column_integer(number: int) -> int:
    """Nanoseconds as they go into a column: SQLite's integers are signed."""
    return min(number, _LARGEST_INTEGER)
