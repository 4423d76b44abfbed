"""Points of gauges and sums: one number, its times, its attributes.

Role: message NumberDataPoint. Decision: a gauge's start time is written when it has one; the SDK's encoder
drops it. Numbers that fit are packed in one call; others take the careful path of `quantities`.
Convention: opentelemetry-proto 1.x, metrics.proto.
"""

import struct

from opentelemetry.sdk.metrics.export import NumberDataPoint

from otelkit.encoding.attribute_sets import AttributeSets
from otelkit.encoding.exemplars import encode_exemplars
from otelkit.encoding.quantities import fixed64_or_nothing, measured
from otelkit.encoding.wire import LENGTH, tag

_START, _TIME = b"\x11", b"\x19"  # fields 2 and 3, fixed64
_DOUBLE, _INTEGER = b"\x21", b"\x31"  # fields 4 and 6, of eight bytes
_EXEMPLARS = tag(5, LENGTH)

_pack_double = struct.Struct("<cQcQcd").pack
_pack_integer = struct.Struct("<cQcQcq").pack
_pack_double_now = struct.Struct("<cQcd").pack  # a gauge has no start
_pack_integer_now = struct.Struct("<cQcq").pack
_attributes = AttributeSets(tag(7, LENGTH))


def encode_number_point(point: NumberDataPoint) -> bytes:
    """Encode a NumberDataPoint; raises TypeError or ValueError when its value is no number."""
    try:
        numbers = _numbers(point)
    except (struct.error, TypeError):
        numbers = _numbers_carefully(point)
    if point.exemplars:
        numbers += encode_exemplars(_EXEMPLARS, point.exemplars)
    return numbers + _attributes.encode(point.attributes)


def _numbers(point: NumberDataPoint) -> bytes:
    value, start = point.value, point.start_time_unix_nano
    if type(value) is float:
        if start:
            return _pack_double(_START, start, _TIME, point.time_unix_nano, _DOUBLE, value)
        return _pack_double_now(_TIME, point.time_unix_nano, _DOUBLE, value)
    if start:
        return _pack_integer(_START, start, _TIME, point.time_unix_nano, _INTEGER, value)
    return _pack_integer_now(_TIME, point.time_unix_nano, _INTEGER, value)


def _numbers_carefully(point: NumberDataPoint) -> bytes:
    start = fixed64_or_nothing(_START, point.start_time_unix_nano)
    time = fixed64_or_nothing(_TIME, point.time_unix_nano)
    double, integer = measured(point.value, _DOUBLE, _INTEGER)
    return start + time + double + integer
