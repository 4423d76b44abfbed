"""Exemplars of a metric's points: single measurements with the span they were made in.

Role: fields `exemplars` of the number, histogram and exponential histogram points. Decision: an
exemplar whose value is no number is left out, its point stays; ids that do not fit are left out,
the measurement stays. (The SDK's encoder raises for both, and the collection is lost.)
Convention: opentelemetry-proto 1.x, metrics.proto, message Exemplar.
"""

import struct
from collections.abc import Sequence

from opentelemetry.sdk.metrics import Exemplar

from otelkit.encoding.attributes import encode_attributes
from otelkit.encoding.quantities import fixed64_or_nothing, measured
from otelkit.encoding.wire import LENGTH, delimited, tag, varint

_TIME = b"\x11"  # field 2, fixed64
_DOUBLE, _INTEGER = b"\x19", b"\x31"  # fields 3 and 6, of eight bytes
_SPAN_ID, _TRACE_ID = tag(4, LENGTH) + b"\x08", tag(5, LENGTH) + b"\x10"  # and their lengths
_FILTERED = tag(7, LENGTH)

_in_span = struct.Struct("<scQcd2s8s2s16s")  # all have one length, which comes first
_LENGTH = varint(_in_span.size - 1)
_pack_double_in_span = _in_span.pack
_pack_integer_in_span = struct.Struct("<scQcq2s8s2s16s").pack


def encode_exemplars(tag_bytes: bytes, exemplars: Sequence[Exemplar]) -> bytes:
    """Encode exemplars as fields of their point; those without a numeric value are left out."""
    return b"".join([_field(tag_bytes, exemplar) for exemplar in exemplars])


def _field(tag_bytes: bytes, exemplar: Exemplar) -> bytes:
    span_id, trace_id = exemplar.span_id, exemplar.trace_id
    if span_id is not None and trace_id is not None and not exemplar.filtered_attributes:
        try:
            return tag_bytes + _encode_in_span(exemplar, span_id, trace_id)
        except (struct.error, AttributeError, OverflowError, TypeError):
            pass  # something does not fit; once more, with care
    return _field_carefully(tag_bytes, exemplar)


def _encode_in_span(exemplar: Exemplar, span_id: int, trace_id: int) -> bytes:
    """Encode the usual exemplar, measured in a span and without attributes of its own, in one call."""
    value = exemplar.value
    if type(value) is float:
        pack, value_tag = _pack_double_in_span, _DOUBLE
    else:
        pack, value_tag = _pack_integer_in_span, _INTEGER
    ids = (_SPAN_ID, span_id.to_bytes(8, "big"), _TRACE_ID, trace_id.to_bytes(16, "big"))
    return pack(_LENGTH, _TIME, exemplar.time_unix_nano, value_tag, value, *ids)


def _field_carefully(tag_bytes: bytes, exemplar: Exemplar) -> bytes:
    try:
        return delimited(tag_bytes, _encode_any(exemplar))
    except Exception:  # noqa: BLE001 - a strange exemplar must not cost its point
        return b""


def _encode_any(exemplar: Exemplar) -> bytes:
    double, integer = measured(exemplar.value, _DOUBLE, _INTEGER)
    filtered = encode_attributes(_FILTERED, exemplar.filtered_attributes)
    time, ids = fixed64_or_nothing(_TIME, exemplar.time_unix_nano), _ids(exemplar.span_id, exemplar.trace_id)
    return time + double + ids + integer + filtered


def _ids(span_id: int | None, trace_id: int | None) -> bytes:
    if span_id is None or trace_id is None:
        return b""
    try:
        return _SPAN_ID + span_id.to_bytes(8, "big") + _TRACE_ID + trace_id.to_bytes(16, "big")
    except (AttributeError, OverflowError):  # no integers, negative, or too long
        return b""
