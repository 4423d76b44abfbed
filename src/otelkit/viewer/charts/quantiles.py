"""Quantiles out of histogram buckets, as Prometheus estimates them: evenly spread within a bucket."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from otelkit.viewer.charts.increments import Increment
from otelkit.viewer.charts.lines import Line

QUANTILES = (0.5, 0.95, 0.99)
_CELLS = 120


def quantile_lines(increments: Sequence[Increment]) -> list[Line]:
    """One line a quantile, over all series together, in at most 120 steps."""
    cells = _cells(increments)
    lines = []
    for fraction in QUANTILES:
        points = [(time, quantile_of(buckets, fraction)) for time, buckets in cells]
        finite = [(time, value) for time, value in points if math.isfinite(value)]
        lines.append(Line(f"p{fraction * 100:g}", finite))
    return lines


def quantile_of(buckets: dict[float, int], fraction: float) -> float:
    """The value that a fraction of the measurements lie below; NaN without any.

    Of those above the highest bound it is only known that they are: the bound is given.
    """
    wanted = fraction * sum(buckets.values())
    seen, lower = 0, math.nan
    for bound in sorted(buckets):
        count = buckets[bound]
        if count and seen + count >= wanted:
            return _within(lower, bound, (wanted - seen) / count)
        seen, lower = seen + count, bound
    return math.nan


def _within(lower: float, upper: float, part: float) -> float:
    """A place in a bucket; the lowest begins at zero, or has no width when all of it is below."""
    if math.isinf(upper):
        return lower
    if math.isnan(lower):
        lower = min(0.0, upper)
    return lower + (upper - lower) * part


def _cells(increments: Iterable[Increment]) -> list[tuple[int, dict[float, int]]]:
    counted = [one for one in increments if any(one.buckets.values())]
    if not counted:
        return []
    first = min(one.time_nanos for one in counted)
    width = max((max(one.time_nanos for one in counted) - first) // _CELLS, 1)
    cells: dict[int, dict[float, int]] = defaultdict(lambda: defaultdict(int))
    times: dict[int, int] = defaultdict(int)
    for one in counted:
        cell = (one.time_nanos - first) // width
        times[cell] = max(times[cell], one.time_nanos)
        for bound, count in one.buckets.items():
            cells[cell][bound] += count
    return [(times[cell], cells[cell]) for cell in sorted(cells)]
