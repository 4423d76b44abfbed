"""What is drawn, in the units of what was measured: lines and dots, and a chart of some of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from otelkit.viewer.points import Exemplar


@dataclass(frozen=True)
class Line:
    """Values over time (nanoseconds), in order of time, all finite."""

    name: str
    points: Sequence[tuple[int, float]]

    @property
    def last(self) -> float:
        """The latest value."""
        return self.points[-1][1]

    @property
    def least(self) -> float:
        """The smallest value."""
        return min(value for _, value in self.points)

    @property
    def most(self) -> float:
        """The largest value."""
        return max(value for _, value in self.points)


@dataclass(frozen=True)
class Chart:
    """Lines of one unit; `left_out` says how many more there would be."""

    title: str
    unit: str
    lines: Sequence[Line]
    dots: Sequence[Exemplar] = ()
    left_out: int = field(default=0)


MOST_LINES = 8


def chart_of(title: str, unit: str, lines: Sequence[Line], dots: Sequence[Exemplar] = ()) -> Chart:
    """A chart of the lines that have points; of many those that reach highest."""
    drawn = [line for line in lines if line.points]
    if len(drawn) > MOST_LINES:
        highest = {id(line) for line in sorted(drawn, key=lambda line: -line.most)[:MOST_LINES]}
        drawn, all_of_them = [line for line in drawn if id(line) in highest], drawn
        return Chart(title, unit, drawn, _finite(dots), len(all_of_them) - len(drawn))
    return Chart(title, unit, drawn, _finite(dots))


def _finite(dots: Sequence[Exemplar]) -> list[Exemplar]:
    return [dot for dot in dots if math.isfinite(dot.value)]
