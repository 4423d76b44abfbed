"""What came in between two points of a series, whatever their temporality.

A cumulative series that begins anew (another start time, or a count that fell) counts from zero again.
https://opentelemetry.io/docs/specs/otel/metrics/data-model/#resets-and-gaps
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from otelkit.viewer.points import Point
from otelkit.viewer.series import Series

_SECOND = 10**9
_TWO = 2
_SHORTLY = 2  # times what lies between the first two points


@dataclass(frozen=True)
class Increment:
    """What was added in the `seconds` before `time_nanos`; `buckets` are counts by upper bound."""

    time_nanos: int
    seconds: float
    amount: float
    buckets: dict[float, int]


def increments_of(series: Series) -> Iterator[Increment]:
    """Increments in order.

    The first point of a cumulative series only tells where it stands, unless the series began shortly before.
    """
    before = _begin_of(series)
    for point in series.points:
        if series.temporality == "delta":
            begin = point.start_nanos or (before.time_nanos if before else 0)
            if begin:
                yield from _increment(point, begin, None)
        elif before is not None:
            if _began_anew(before, point):
                yield from _increment(point, max(point.start_nanos, before.time_nanos), None)
            else:
                yield from _increment(point, before.time_nanos, before)
        before = point


def amount_of(point: Point) -> float:
    """A number's value, or how many measurements a histogram or summary has."""
    return float(point.count) if point.value is None else point.value


def _begin_of(series: Series) -> Point | None:
    if series.temporality == "delta" or len(series.points) < _TWO:
        return None
    first, second = series.points[:_TWO]
    since_begin = first.time_nanos - first.start_nanos
    is_new = first.start_nanos > 0 and 0 < since_begin <= _SHORTLY * (second.time_nanos - first.time_nanos)
    value = None if first.value is None else 0.0
    return Point(first.start_nanos, first.start_nanos, value=value) if is_new else None


def _began_anew(before: Point, point: Point) -> bool:
    falls = amount_of(point) < amount_of(before)
    return falls or (point.start_nanos > before.time_nanos and before.start_nanos != point.start_nanos)


def _increment(point: Point, begin_nanos: int, before: Point | None) -> Iterator[Increment]:
    seconds = (point.time_nanos - begin_nanos) / _SECOND
    if seconds <= 0:
        return
    buckets = _buckets(point)
    for bound, count in _buckets(before).items() if before else ():
        buckets[bound] = buckets.get(bound, 0) - count
    if any(count < 0 for count in buckets.values()):
        buckets = {}  # its buckets were made anew, coarser: what came in meanwhile is not known by size
    yield Increment(
        point.time_nanos, seconds, amount_of(point) - (amount_of(before) if before else 0), buckets
    )


def _buckets(point: Point) -> dict[float, int]:
    bounds = (*point.bounds, math.inf)
    pairs = zip(bounds, point.counts, strict=False)
    return {bound: count for bound, count in pairs if not math.isnan(bound)}
