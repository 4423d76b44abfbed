"""The rows of a trace's waterfall: spans in the order of a walk through the tree, with their bars.

Bounded in spans and bytes; the walk keeps its own stack, as a trace may be 10,000 deep.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from otelkit.traces import Span, spans_of
from otelkit.traces.forest import Forest, forest_of
from otelkit.viewer.reading import read_trace

MOST_SPANS = 2_000
_MOST_BYTES = 16 * 2**20
BAR_UNITS = 1_000
_DEEPEST_INDENT = 24
_COLOURS = 8


@dataclass(frozen=True)
class Row:
    """One span. `bar_start` and `bar_width` are in thousandths of the trace's duration."""

    span: Span
    depth: int
    note: str
    bar_start: float
    bar_width: float
    colour: int

    @property
    def indent(self) -> int:
        """Depth as far as it is drawn."""
        return min(self.depth, _DEEPEST_INDENT)

    @property
    def duration_nanos(self) -> int:
        """End minus start, negative where the sender's clock went back."""
        return self.span.end_nanos - self.span.start_nanos


def read_spans(connection: sqlite3.Connection, trace_id: bytes) -> list[Span]:
    """The first spans by start, as many as are shown."""
    spans: list[Span] = []
    size_bytes = 0
    for part in read_trace(connection, trace_id, by_start=True):
        spans += spans_of([part])
        size_bytes += part.ByteSize()
        if len(spans) >= MOST_SPANS or size_bytes >= _MOST_BYTES:
            break
    return spans[:MOST_SPANS]


def rows_of(spans: list[Span], start_nanos: int, end_nanos: int) -> list[Row]:
    """Rows of the waterfall between two times."""
    forest = forest_of(spans, lambda span: (span.start_nanos, span.span_id))
    colours = {name: number % _COLOURS for number, name in enumerate(_services(spans))}
    length = max(end_nanos - start_nanos, 1)
    rows = []
    for here, depth in _walk(forest):
        span = forest.spans[here]
        left = _units(span.start_nanos - start_nanos, length)
        right = _units(span.end_nanos - start_nanos, length)
        width = max(right - left, 2.0)
        note = forest.notes.get(here, "")
        rows.append(Row(span, depth, note, min(left, BAR_UNITS - width), width, colours[span.service_name]))
    return rows


def _services(spans: list[Span]) -> list[str]:
    return list(dict.fromkeys(span.service_name for span in spans))


def _units(nanos: int, length: int) -> float:
    return round(min(max(nanos / length, 0.0), 1.0) * BAR_UNITS, 1)


def _walk(forest: Forest) -> Iterator[tuple[int, int]]:
    waiting = [(root, 0) for root in reversed(forest.roots)]
    while waiting:
        here, depth = waiting.pop()
        yield here, depth
        waiting += [(child, depth + 1) for child in reversed(forest.children.get(here, []))]
