"""Lines between boxes: curves that leave and arrive level, and where on them a label covers nothing."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom
LABEL_HEIGHT = 17
_STEPS = 10
_MIDDLE = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
_END = (0.68, 0.62, 0.74, 0.56, 0.8, 0.5, 0.86, 0.44, 0.36)


def curve_through(points: Sequence[Point]) -> str:
    """SVG path through points, level at each."""
    parts = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        middle = (x + to_x) / 2
        parts.append(f"C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}")
    return "".join(parts)


def place_label(points: Sequence[Point], width: float, taken: list[Rectangle], *, at_end: bool) -> Point:
    """The middle of a label on the curve, clear of what is taken where that can be; it takes its place."""
    along = list(_walk(points))
    choices = [along[round(part * (len(along) - 1))] for part in (_END if at_end else _MIDDLE)]
    free = next((one for one in choices if not _hits(_around(one, width), taken)), choices[0])
    taken.append(_around(free, width))
    return free


def _walk(points: Sequence[Point]) -> Iterator[Point]:
    yield points[0]
    for (x, y), (to_x, to_y) in pairwise(points):
        for step in range(1, _STEPS + 1):
            part = step / _STEPS
            # The curve's control points are level with its ends, halfway across.
            rest = 1 - part
            middle = (x + to_x) / 2
            across = rest**3 * x + 3 * rest * part * middle + part**3 * to_x
            yield across, y + (to_y - y) * (3 * part**2 - 2 * part**3)


def _around(middle: Point, width: float) -> Rectangle:
    x, y = middle
    return x - width / 2, y - LABEL_HEIGHT / 2, x + width / 2, y + LABEL_HEIGHT / 2


def _hits(one: Rectangle, others: Sequence[Rectangle]) -> bool:
    return any(
        one[0] < right and left < one[2] and one[1] < bottom and top < one[3]
        for left, top, right, bottom in others
    )
