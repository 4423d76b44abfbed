"""The order of nodes within their layers, chosen so that few lines cross (barycentre sweeps).

Where a line passes a layer there stands a bend, which is ordered like a node.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from otelkit.viewer.service_maps.layers import Pair

_SWEEPS = 8
_BEND = "\x00"
Path = Sequence[str]


def is_bend(node: str) -> bool:
    """Whether it only stands for a line that passes."""
    return node.startswith(_BEND)


def paths_of(pairs: Iterable[Pair], layers: dict[str, int]) -> Mapping[Pair, Path]:
    """Each pair's way through all layers between its ends; `layers` gets the bends added."""
    paths = {}
    for caller, callee in pairs:
        bends = []
        for layer in range(layers[caller] + 1, layers[callee]):
            bend = f"{_BEND}{layer}{_BEND}{caller}{_BEND}{callee}"
            layers[bend] = layer
            bends.append(bend)
        paths[caller, callee] = [caller, *bends, callee]
    return paths


def ordered_layers(layers: Mapping[str, int], paths: Iterable[Path]) -> list[list[str]]:
    """Nodes and bends, layer by layer, from top to bottom."""
    columns: list[list[str]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for node in sorted(layers):
        columns[layers[node]].append(node)
    neighbours: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        for left, right in pairwise(path):
            neighbours[left].append(right)
            neighbours[right].append(left)
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            places = _places(columns)
            means = {node: _mean(node, neighbours, places) for node in column}
            column.sort(key=lambda node: (means[node], node))
    return columns


def _places(columns: Sequence[Sequence[str]]) -> dict[str, float]:
    return {node: (place + 0.5) / len(column) for column in columns for place, node in enumerate(column)}


def _mean(node: str, neighbours: Mapping[str, Sequence[str]], places: Mapping[str, float]) -> float:
    found = [places[other] for other in neighbours.get(node, ())]
    return sum(found) / len(found) if found else places[node]
