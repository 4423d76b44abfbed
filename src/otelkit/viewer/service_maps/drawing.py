"""The map as a template draws it: boxes, and arrows with a label each."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from otelkit.viewer.charts.quantities import show_number
from otelkit.viewer.durations import show_duration
from otelkit.viewer.service_map import Edge
from otelkit.viewer.service_maps.curves import Rectangle, curve_through, place_label
from otelkit.viewer.service_maps.layers import Pair, layer_of_each, without_rings
from otelkit.viewer.service_maps.ordering import ordered_layers, paths_of
from otelkit.viewer.service_maps.places import BOX_HEIGHT, BOX_WIDTH, place_nodes, points_between

_CHARACTER_WIDTH, _PADDING = 6.2, 8
_MANY, _ENDS = 3, 2


@dataclass(frozen=True)
class Box:
    """A node: a service, or a database system; `x` and `y` are its upper left corner."""

    name: str
    is_database: bool
    x: float
    y: float
    calls: int
    errors: int


@dataclass(frozen=True)
class Arrow:
    """An edge with its curve, and its label with its middle and width."""

    edge: Edge
    curve: str
    label: str
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Map:
    """All of it; sizes are pixels."""

    width: float
    height: float
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]


def draw_map(edges: Sequence[Edge]) -> Map:
    """Lay out and draw; the same edges in any order make the same map."""
    ordered = sorted(edges, key=lambda edge: (edge.caller, edge.callee, edge.kind))
    pairs = [_pair_of(edge) for edge in ordered]
    nodes = sorted({node for pair in pairs for node in pair})
    forward = without_rings(pairs)
    layers = layer_of_each(nodes, forward)
    paths = paths_of(forward, layers)
    places, width, height = place_nodes(ordered_layers(layers, paths.values()))
    boxes = [_box(node, places[node][0], places[node][1] - BOX_HEIGHT / 2, ordered) for node in nodes]
    taken: list[Rectangle] = [(box.x, box.y, box.x + BOX_WIDTH, box.y + BOX_HEIGHT) for box in boxes]
    arrows = []
    calling = Counter(caller for caller, _ in pairs)
    for edge, pair, shift in zip(ordered, pairs, _shifts(pairs), strict=True):
        points = points_between(pair, paths, places, shift)
        label = _label(edge)
        room = len(label) * _CHARACTER_WIDTH + _PADDING
        fans_out = calling[pair[0]] >= _MANY  # near their ends lines are further apart
        middle = place_label(points, room, taken, at_end=fans_out and len(points) == _ENDS)
        arrows.append(Arrow(edge, curve_through(points), label, *middle, room))
    return Map(width, height, boxes, arrows)


def _pair_of(edge: Edge) -> Pair:
    return f"s{edge.caller}", f"{'d' if edge.kind == 'database' else 's'}{edge.callee}"


def _box(node: str, x: float, y: float, edges: Iterable[Edge]) -> Box:
    mine = [edge for edge in edges if _pair_of(edge)[1] == node]
    calls, errors = sum(edge.calls for edge in mine), sum(edge.errors for edge in mine)
    return Box(node[1:], node.startswith("d"), x, y, calls, errors)


def _shifts(pairs: Sequence[Pair]) -> list[float]:
    """How far each line is moved, so that those between the same two nodes lie evenly apart."""
    between = [frozenset(pair) for pair in pairs]
    counts, seen = Counter(between), Counter[frozenset[str]]()
    shifts = []
    for ends in between:
        shifts.append(seen[ends] - (counts[ends] - 1) / 2)
        seen[ends] += 1
    return shifts


def _label(edge: Edge) -> str:
    errors = f" · {edge.errors / edge.calls:.0%} errors" if edge.errors else ""
    return f"{show_number(edge.calls)}{errors} · {show_duration(round(edge.mean_nanos))}"
