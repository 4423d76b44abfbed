"""Where a time and a value lie in a drawing, with round numbers at each quarter of its height."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH, HEIGHT = 1_000, 300
PARTS = 4
_LARGEST, _SMALLEST = 1e300, 1e-300
_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10)
_ALMOST = 1 - 1e-9  # what a sum of floats may lack


@dataclass(frozen=True)
class Scale:
    """`low` is the value at the bottom, `step` what lies between two of the lines across."""

    first_nanos: int
    length_nanos: int
    low: float
    step: float

    def place(self, time_nanos: int, value: float) -> tuple[float, float]:
        """Right and down from the upper left corner, at most to the edges."""
        x = (time_nanos - self.first_nanos) / self.length_nanos * WIDTH
        y = HEIGHT - (value - self.low) / self.step / PARTS * HEIGHT
        return round(min(max(x, 0), WIDTH), 1), round(min(max(y, 0), HEIGHT), 1)


def scale_of(values: Iterable[float], first_nanos: int, last_nanos: int) -> Scale:
    """A scale that holds zero and all values, which are finite."""
    known = [0.0, *values]
    low, high = max(min(known), -_LARGEST), min(max(known), _LARGEST)
    step = _nice((high - low) / PARTS)
    while (bottom := math.floor(low / step) * step) + step * PARTS < high * _ALMOST:
        step = _nice(step * 1.01)
    return Scale(first_nanos, last_nanos - first_nanos, bottom, step)


def _nice(least: float) -> float:
    least = least if least > _SMALLEST else 0.25
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in _STEPS if step * power >= least * _ALMOST)
