"""Where nodes and bends stand, in pixels, and the points that a line between two nodes goes through."""

from collections.abc import Mapping, Sequence

from otelkit.viewer.service_maps.curves import Point
from otelkit.viewer.service_maps.layers import Pair
from otelkit.viewer.service_maps.ordering import Path, is_bend

BOX_WIDTH, BOX_HEIGHT = 156, 46
MARGIN = 24
_COLUMN_WIDTH, _ROW_HEIGHT, _BEND_HEIGHT = 300, 82, 44
_APART = 18  # lines between the same two nodes


def place_nodes(columns: Sequence[Sequence[str]]) -> tuple[dict[str, Point], float, float]:
    """The left end of each at half its height, and the width and height of all."""
    heights = [sum(_height(node) for node in column) for column in columns]
    highest = max(heights, default=0)
    places: dict[str, Point] = {}
    for number, (column, height) in enumerate(zip(columns, heights, strict=True)):
        y = MARGIN + (highest - height) / 2
        for node in column:
            places[node] = (MARGIN + number * _COLUMN_WIDTH, y + _height(node) / 2)
            y += _height(node)
    width = 2 * MARGIN + max(len(columns) - 1, 0) * _COLUMN_WIDTH + BOX_WIDTH
    return places, width, 2 * MARGIN + highest


def points_between(
    pair: Pair, paths: Mapping[Pair, Path], places: Mapping[str, Point], shift: float
) -> list[Point]:
    """From the caller to the callee; `shift` keeps lines between the same two apart."""
    caller, callee = pair
    if caller == callee:
        x, y = places[caller]
        return [
            (x + BOX_WIDTH, y - 8),
            (x + BOX_WIDTH + 46, y - _ROW_HEIGHT / 2),
            (x + BOX_WIDTH / 2, y - BOX_HEIGHT / 2),
        ]
    backwards = pair not in paths
    path = paths[(callee, caller) if backwards else pair]
    points: list[Point] = []
    for place, node in enumerate(path):
        x, y = places[node][0], places[node][1] + shift * _APART
        if place > 0:
            points.append((x, y))
        if place < len(path) - 1:
            points.append((x + BOX_WIDTH, y))
    return points[::-1] if backwards else points


def _height(node: str) -> float:
    return _BEND_HEIGHT if is_bend(node) else _ROW_HEIGHT
