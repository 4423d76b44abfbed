"""Points of exponential histograms.

Role: message ExponentialHistogramDataPoint. Decision: as with explicit bounds, minimum and maximum are left
out when there was none. Counts below 128 are their own varints: a bucket array of them is one copy, which is
tried when all measurements are fewer. Convention: opentelemetry-proto 1.x, metrics.proto.
"""

import struct
from collections.abc import Sequence
from functools import lru_cache

from opentelemetry.sdk.metrics.export import Buckets, ExponentialHistogramDataPoint

from otelkit.encoding.attribute_sets import AttributeSets
from otelkit.encoding.exemplars import encode_exemplars
from otelkit.encoding.histogram_points import extremes
from otelkit.encoding.quantities import (
    double_or_nothing,
    fixed64_or_nothing,
    signed32,
    unsigned32,
    unsigned64,
)
from otelkit.encoding.wire import LENGTH, VARINT, VARINTS, delimited, tag, varint

_START, _TIME, _COUNT = b"\x11", b"\x19", b"\x21"  # fields 2, 3 and 4, fixed64
_SUM, _ZERO_COUNT, _MIN, _MAX = b"\x29", b"\x39", b"\x61", b"\x69"  # 5 double, 7 fixed64, 12 and 13 double
_SCALE, _FLAGS = tag(6, VARINT), tag(10, VARINT)
_POSITIVE, _NEGATIVE, _EXEMPLARS = tag(8, LENGTH), tag(9, LENGTH), tag(11, LENGTH)
_OFFSET, _BUCKET_COUNTS = tag(1, VARINT), tag(2, LENGTH)  # of Buckets
# A dictionary refuses negative numbers, where a tuple counts from its end.
_VARINTS = dict(enumerate(VARINTS))
_ONE_BYTE = 0x80  # varints below it are their numbers
_pack = struct.Struct("<cQcQcQcdcQcdcd").pack
_attributes = AttributeSets(tag(1, LENGTH))


def encode_exponential_point(point: ExponentialHistogramDataPoint) -> bytes:
    """Encode an ExponentialHistogramDataPoint; raises TypeError or ValueError when a number in it is none."""
    try:
        numbers = _numbers(point)
    except (struct.error, TypeError, OverflowError):
        numbers = _numbers_carefully(point)
    numbers += _SCALE + _zigzag(point.scale)
    if point.positive.bucket_counts:
        numbers += delimited(_POSITIVE, _buckets(point.positive, point.count))
    if point.negative.bucket_counts:
        numbers += delimited(_NEGATIVE, _buckets(point.negative, point.count))
    if point.flags:
        numbers += _FLAGS + varint(unsigned32(point.flags))
    if point.exemplars:
        numbers += encode_exemplars(_EXEMPLARS, point.exemplars)
    return _attributes.encode(point.attributes) + numbers


def _numbers(point: ExponentialHistogramDataPoint) -> bytes:
    low, high = point.min, point.max
    if low > high:
        return _numbers_carefully(point)
    return _pack(
        *(_START, point.start_time_unix_nano, _TIME, point.time_unix_nano),
        *(_COUNT, point.count, _SUM, point.sum, _ZERO_COUNT, point.zero_count),
        *(_MIN, low, _MAX, high),
    )


def _numbers_carefully(point: ExponentialHistogramDataPoint) -> bytes:
    return b"".join(
        (
            fixed64_or_nothing(_START, point.start_time_unix_nano),
            fixed64_or_nothing(_TIME, point.time_unix_nano),
            fixed64_or_nothing(_COUNT, point.count),
            double_or_nothing(_SUM, point.sum),
            fixed64_or_nothing(_ZERO_COUNT, point.zero_count),
            extremes(_MIN, point.min, _MAX, point.max),
        )
    )


def _buckets(buckets: Buckets, measurements: int | None) -> bytes:
    counts = buckets.bucket_counts
    packed = _bytes(counts) if (measurements or 0) < _ONE_BYTE else b""
    return _OFFSET + _zigzag(buckets.offset) + delimited(_BUCKET_COUNTS, packed or _varints(counts))


def _bytes(counts: Sequence[int]) -> bytes:
    """Give the varints of counts that are all below 128, else nothing."""
    try:
        packed = bytes([*counts])
    except ValueError:  # beyond a byte, or negative
        return b""
    return packed if packed.isascii() else b""


def _varints(counts: Sequence[int]) -> bytes:
    try:
        return b"".join([_VARINTS[count] for count in counts])
    except KeyError:  # beyond the table, or negative
        return b"".join([varint(unsigned64(count)) for count in counts])


@lru_cache(maxsize=1_024)
def _zigzag(number: int) -> bytes:
    whole = signed32(number)
    return varint(whole << 1 ^ whole >> 31)
