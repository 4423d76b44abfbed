"""A log record as the body of one `LogRecord` message.

Role: called where a record is emitted, so it has to be cheap and must not raise. Decision: as for spans,
all fields are written in one pass; where a field has a foreign type, a second pass leaves out that field
alone. A record without a body has an empty one, as the SDK's encoder writes it. Convention: `LogRecord` of
opentelemetry-proto.
"""

from collections.abc import Callable

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk._logs import ReadableLogRecord

from otelkit.encoding.attributes import encode_attributes
from otelkit.encoding.names import Names
from otelkit.encoding.values import encode_value
from otelkit.encoding.wire import (
    FIXED32,
    FIXED64,
    LENGTH,
    VARINT,
    delimited,
    fixed32,
    tag,
    time_field,
    varint,
)

_TIME, _OBSERVED = tag(1, FIXED64), tag(11, FIXED64)
_SEVERITY, _BODY, _ATTRIBUTES, _DROPPED = tag(2, VARINT), tag(5, LENGTH), tag(6, LENGTH), tag(7, VARINT)
_SEVERITIES = {
    number: (_SEVERITY + varint(number.value)) if number.value else b"" for number in SeverityNumber
}
_FLAGS = tag(8, FIXED32)
_TRACE_ID, _SPAN_ID = tag(9, LENGTH) + b"\x10", tag(10, LENGTH) + b"\x08"
_severity_texts, _event_names = Names(tag(3, LENGTH)), Names(tag(12, LENGTH))


def encode_log(record: ReadableLogRecord) -> bytes:
    """Encode the body of a `LogRecord` message. Never raises; a field that cannot be written is left out."""
    log = record.log_record
    try:
        return b"".join([encode(log) for encode in _FIELDS])
    except Exception:  # noqa: BLE001 - a record may hold anything; logging must not fail
        return b"".join([_attempt(encode, log) for encode in _FIELDS])


def _attempt(encode: Callable[[LogRecord], bytes], log: LogRecord) -> bytes:
    try:
        return encode(log)
    except Exception:  # noqa: BLE001 - this field is left out
        return b""


def _encode_time(log: LogRecord) -> bytes:
    return time_field(_TIME, log.timestamp)


def _encode_severity(log: LogRecord) -> bytes:
    severity = log.severity_number
    return _SEVERITIES[severity] if severity else b""


def _encode_severity_text(log: LogRecord) -> bytes:
    return _severity_texts[log.severity_text]


def _encode_body(log: LogRecord) -> bytes:
    return delimited(_BODY, encode_value(log.body))


def _encode_attributes(log: LogRecord) -> bytes:
    attributes = log.attributes
    encoded = encode_attributes(_ATTRIBUTES, attributes)
    dropped = attributes.dropped if isinstance(attributes, BoundedAttributes) else 0
    return encoded + _DROPPED + varint(dropped) if dropped else encoded


def _encode_context(log: LogRecord) -> bytes:
    flags, trace_id, span_id = log.trace_flags, log.trace_id, log.span_id
    encoded = _FLAGS + fixed32(flags) if flags else b""
    if trace_id:
        encoded += _TRACE_ID + trace_id.to_bytes(16, "big")
    if span_id:
        encoded += _SPAN_ID + span_id.to_bytes(8, "big")
    return encoded


def _encode_tail(log: LogRecord) -> bytes:
    return time_field(_OBSERVED, log.observed_timestamp) + _event_names[log.event_name]


_FIELDS: tuple[Callable[[LogRecord], bytes], ...] = (
    _encode_time,
    _encode_severity,
    _encode_severity_text,
    _encode_body,
    _encode_attributes,
    _encode_context,
    _encode_tail,
)
