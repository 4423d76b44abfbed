"""Which charts show a metric: rates of what is counted, quantiles of what is spread, values of what is.

gauge, up-down sum    its value
sum                   its rate
histogram             its rate, and p50, p95 and p99 over all series with exemplars
summary               its rate, and the quantiles that the sender computed
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from otelkit.viewer.charts.increments import Increment, increments_of
from otelkit.viewer.charts.lines import Chart, Line, chart_of
from otelkit.viewer.charts.quantiles import quantile_lines
from otelkit.viewer.display import show_text, show_value
from otelkit.viewer.series import Series

_LONGEST_NAME = 120
_MOST_POINTS = 6_000


def charts_of(series: Sequence[Series]) -> list[Chart]:
    """The charts of one metric; none without a point that can be drawn."""
    by_kind: dict[str, list[Series]] = {}
    for one in series:
        by_kind.setdefault(one.kind, []).append(_thinned(one, _MOST_POINTS // len(series)))
    charts = [chart for kind in sorted(by_kind) for chart in _charts(kind, by_kind[kind])]
    return [chart for chart in charts if chart.lines]


def names_of(series: Sequence[Series]) -> list[str]:
    """What tells each series from the others: the attributes that are not the same in all."""
    shown = [
        {show_text(key, 60): show_value(value) for key, value in one.attributes.items()} for one in series
    ]
    same = set.intersection(*(set(pairs.items()) for pairs in shown)) if len(shown) > 1 else set()
    told = [
        ", ".join(f"{key}={value}" for key, value in pairs.items() if (key, value) not in same)
        for pairs in shown
    ]
    names = [show_text(name, _LONGEST_NAME) or "all" for name in told]
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


def _thinned(series: Series, most: int) -> Series:
    """Fewer points, the last among them; of a delta series all, as each alone tells of its time."""
    step = -(-len(series.points) // max(most, 2))
    if step <= 1 or series.temporality == "delta":
        return series
    return replace(series, points=series.points[::-1][::step][::-1])


def _charts(kind: str, series: list[Series]) -> Iterator[Chart]:
    unit, named = series[0].unit, list(zip(names_of(series), series, strict=True))
    dots = [dot for one in series for dot in one.exemplars]
    if kind == "gauge" or (kind == "sum" and not series[0].monotonic):
        yield chart_of("Value", unit, [Line(name, _values(one)) for name, one in named], dots)
        return
    increments = {name: list(increments_of(one)) for name, one in named}
    rates = [Line(name, _rates(found)) for name, found in increments.items()]
    if kind == "sum":
        yield chart_of("Rate", f"{unit}/s", rates)
        return
    if kind == "summary":
        yield chart_of("Quantiles", unit, [line for name, one in named for line in _summaries(name, one)])
    else:
        yield chart_of(
            "Quantiles", unit, quantile_lines(list(chain.from_iterable(increments.values()))), dots
        )
    yield chart_of("Rate", "/s", rates)


def _values(series: Series) -> list[tuple[int, float]]:
    found, total = [], 0.0
    for point in series.points:
        value = math.nan if point.value is None else point.value
        if series.temporality == "delta" and math.isfinite(value):
            total += value
            value = total
        if math.isfinite(value):
            found.append((point.time_nanos, value))
    return found


def _rates(increments: Sequence[Increment]) -> list[tuple[int, float]]:
    rates = [(one.time_nanos, one.amount / one.seconds) for one in increments]
    return [(time, rate) for time, rate in rates if math.isfinite(rate)]


def _summaries(name: str, series: Series) -> Iterator[Line]:
    fractions = sorted({fraction for point in series.points for fraction, _ in point.quantiles})
    for fraction in fractions:
        found = [
            (point.time_nanos, value)
            for point in series.points
            for quantile, value in point.quantiles
            if quantile == fraction and math.isfinite(value)
        ]
        yield Line(f"p{fraction * 100:g} {name}", found)
