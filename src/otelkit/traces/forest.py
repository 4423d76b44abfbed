"""Which span hangs under which: a forest of any set of spans, however broken.

Every span appears exactly once. A parent that is not there makes an orphan, which is a root of its own and
says so, because a lost parent is the defect one looks for. Parents that form a ring are cut at the ring's
earliest span. The same span delivered twice counts once; two different spans with one id are both shown.
Nothing here recurses: a trace may be 10,000 levels deep.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from otelkit.traces.span import Span

Order = Callable[[Span], Any]
ORPHAN = "(parent missing)"
RING = "(parents form a ring)"


@dataclass(frozen=True)
class Forest:
    """Spans in order; `roots` and `children` hold positions in `spans`; `notes` mark unusual roots."""

    spans: Sequence[Span]
    roots: Sequence[int]
    children: dict[int, list[int]]
    notes: dict[int, str]


def forest_of(spans: Iterable[Span], order: Order) -> Forest:
    """Spans under their parents, siblings and roots sorted by `order`."""
    ordered = sorted(dict.fromkeys(spans), key=order)
    position: dict[tuple[str, str], int] = {}
    for here, span in enumerate(ordered):
        position.setdefault(span.key, here)
    parents = [_parent_of(span, position) for span in ordered]
    notes = {
        here: ORPHAN
        for here, span in enumerate(ordered)
        if span.parent_span_id.strip("0") and parents[here] is None
    }
    for cut in _ring_cuts(parents):
        parents[cut] = None
        notes[cut] = RING
    children: dict[int, list[int]] = defaultdict(list)
    for here, parent in enumerate(parents):
        if parent is not None:
            children[parent].append(here)
    roots = [here for here, parent in enumerate(parents) if parent is None]
    return Forest(ordered, roots, dict(children), notes)


def _parent_of(span: Span, position: dict[tuple[str, str], int]) -> int | None:
    return position.get((span.trace_id, span.parent_span_id)) if span.parent_span_id.strip("0") else None


def _ring_cuts(parents: Sequence[int | None]) -> list[int]:
    cuts: list[int] = []
    seen: dict[int, int] = {}  # position -> the walk that first came by
    for walk in range(len(parents)):
        path: list[int] = []
        here: int | None = walk
        while here is not None and here not in seen:
            seen[here] = walk
            path.append(here)
            here = parents[here]
        if here is not None and seen[here] == walk:
            cuts.append(min(path[path.index(here) :]))
    return cuts
