"""Points of histograms with explicit bounds.

Role: message HistogramDataPoint. Decision: minimum and maximum are left out when the SDK has none, which it
says by inf and -inf (a view with `record_min_max=False`); its encoder sends these as measurements.
All numbers of a point are packed in one call whose format is kept for its count of buckets.
Convention: opentelemetry-proto 1.x, metrics.proto.
"""

import struct
from collections.abc import Callable
from functools import lru_cache

from opentelemetry.sdk.metrics.export import HistogramDataPoint

from otelkit.encoding.attribute_sets import AttributeSets
from otelkit.encoding.exemplars import encode_exemplars
from otelkit.encoding.quantities import double_bytes, double_or_nothing, fixed64_or_nothing, packed_fixed64
from otelkit.encoding.wire import LENGTH, delimited, tag, varint

_START, _TIME, _COUNT = b"\x11", b"\x19", b"\x21"  # fields 2, 3 and 4, fixed64
_SUM, _MIN, _MAX = b"\x29", b"\x59", b"\x61"  # fields 5, 11 and 12, double
_COUNTS, _BOUNDS, _EXEMPLARS = tag(6, LENGTH), tag(7, LENGTH), tag(8, LENGTH)

_attributes = AttributeSets(tag(9, LENGTH))


def encode_histogram_point(point: HistogramDataPoint) -> bytes:
    """Encode a HistogramDataPoint; raises TypeError or ValueError when a number in it is none."""
    try:
        numbers = _numbers(point)
    except (struct.error, TypeError, OverflowError):
        numbers = _numbers_carefully(point)
    if point.exemplars:
        numbers += encode_exemplars(_EXEMPLARS, point.exemplars)
    return numbers + _attributes.encode(point.attributes)


def _numbers(point: HistogramDataPoint) -> bytes:
    low, high, counts, bounds = point.min, point.max, point.bucket_counts, point.explicit_bounds
    if low > high:
        return _numbers_carefully(point)
    pack, counts_head, bounds_head = _layout(len(counts), len(bounds))
    return pack(
        *(_START, point.start_time_unix_nano, _TIME, point.time_unix_nano, _COUNT, point.count),
        *(_SUM, point.sum, _MIN, low, _MAX, high),
        counts_head,
        *counts,
        bounds_head,
        *bounds,
    )


@lru_cache(maxsize=256)
def _layout(counts: int, bounds: int) -> tuple[Callable[..., bytes], bytes, bytes]:
    counts_head = _COUNTS + varint(8 * counts) if counts else b""
    bounds_head = _BOUNDS + varint(8 * bounds) if bounds else b""
    arrays = f"{len(counts_head)}s{counts}Q{len(bounds_head)}s{bounds}d"
    return struct.Struct("<cQcQcQcdcdcd" + arrays).pack, counts_head, bounds_head


def _numbers_carefully(point: HistogramDataPoint) -> bytes:
    counts = packed_fixed64(point.bucket_counts or ())
    bounds = b"".join([double_bytes(bound) for bound in point.explicit_bounds or ()])
    return b"".join(
        (
            fixed64_or_nothing(_START, point.start_time_unix_nano),
            fixed64_or_nothing(_TIME, point.time_unix_nano),
            fixed64_or_nothing(_COUNT, point.count),
            double_or_nothing(_SUM, point.sum),
            delimited(_COUNTS, counts) if counts else b"",
            delimited(_BOUNDS, bounds) if bounds else b"",
            extremes(_MIN, point.min, _MAX, point.max),
        )
    )


def extremes(min_tag: bytes, low: float | None, max_tag: bytes, high: float | None) -> bytes:
    """Encode minimum and maximum; nothing when the minimum is the larger: there was no measurement."""
    if low is not None and high is not None and low > high:
        return b""
    return double_or_nothing(min_tag, low) + double_or_nothing(max_tag, high)
