"""A chart as geometry for SVG: everything between 0 and 1,000 to the right and 0 and 300 down.

The drawing is stretched to the place it gets, and strokes are not: so it suits every width of a screen.
Labels stand beside it as HTML, evenly apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from otelkit.viewer.charts.lines import Chart, Line
from otelkit.viewer.charts.quantities import show_quantity
from otelkit.viewer.charts.scale import PARTS, Scale, scale_of
from otelkit.viewer.points import Exemplar

_MOST_DOTS = 100
_GAP = 5  # times the usual distance of points: a line is not drawn across
_DAY_NANOS = 24 * 3600 * 10**9
_LATEST_NANOS = 253_402_300_799 * 10**9  # the year 9999


@dataclass(frozen=True)
class DrawnLine:
    """A line with its path and colour, and its values as text; `lone` are points with a gap on both sides."""

    name: str
    colour: int
    path: str
    lone: str
    last: str
    least: str
    most: str


@dataclass(frozen=True)
class DrawnDot:
    """An exemplar's place and where it leads."""

    x: float
    y: float
    shown: str
    exemplar: Exemplar


@dataclass(frozen=True)
class Plot:
    """What the template draws. `highs` go from top to bottom, `times` from left to right."""

    title: str
    lines: Sequence[DrawnLine]
    dots: Sequence[DrawnDot]
    highs: Sequence[str]
    times: Sequence[str]
    left_out: int


def plot_of(chart: Chart, first_nanos: int, last_nanos: int) -> Plot:
    """Draw a chart between two times."""
    dots = [dot for dot in chart.dots if first_nanos <= dot.time_nanos <= last_nanos][-_MOST_DOTS:]
    values = [value for line in chart.lines for _, value in line.points] + [dot.value for dot in dots]
    scale = scale_of(values, first_nanos, max(last_nanos, first_nanos + 1))
    unit = chart.unit
    return Plot(
        title=f"{chart.title} ({unit.strip('{}')})" if unit.startswith("{") else chart.title,
        lines=[
            DrawnLine(
                line.name,
                colour,
                *_paths(line, scale),
                *(show_quantity(value, unit) for value in (line.last, line.least, line.most)),
            )
            for colour, line in enumerate(chart.lines)
        ],
        dots=[
            DrawnDot(*scale.place(dot.time_nanos, dot.value), show_quantity(dot.value, unit), dot)
            for dot in dots
        ],
        highs=[show_quantity(scale.low + scale.step * part, unit) for part in range(PARTS, -1, -1)],
        times=_times(scale.first_nanos, scale.length_nanos),
        left_out=chart.left_out,
    )


def _paths(line: Line, scale: Scale) -> tuple[str, str]:
    """What is drawn through its points, and what is drawn of points that stand alone."""
    times = [time for time, _ in line.points]
    distances = sorted(after - before for before, after in pairwise(times))
    gap = distances[(len(distances) - 1) // 2] * _GAP if distances else 0
    runs: list[list[str]] = []
    before = -math.inf
    for time, value in line.points:
        if time - before > gap:
            runs.append([])
        x, y = scale.place(time, value)
        runs[-1].append(f"{x:g} {y:g}")
        before = time
    joined = "".join("M" + "L".join(run) for run in runs if len(run) > 1)
    return joined, "".join(f"M{run[0]}h0" for run in runs if len(run) == 1)


def _times(first_nanos: int, length_nanos: int) -> list[str]:
    form = "%m-%d %H:%M" if length_nanos > _DAY_NANOS else "%H:%M:%S"
    moments = [first_nanos + length_nanos * part // PARTS for part in range(PARTS + 1)]
    return [
        datetime.fromtimestamp(nanos // 10**9, UTC).strftime(form) if 0 <= nanos < _LATEST_NANOS else "…"
        for nanos in moments
    ]
