"""The rows of a trace's waterfall: spans in the order of a walk through the tree, with their bars.

Bounded in spans and bytes; the walk keeps its own stack, as a trace may be 10,000 deep.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from otelkit.traces import Span, spans_of
from otelkit.traces.forest import Forest, forest_of
from otelkit.viewer.reading import read_trace

MOST_SPANS = 2_000
_MOST_BYTES = 16 * 2**20
BAR_UNITS = 1_000
_DEEPEST_INDENT = 12
COLOURS = 8
_MOST_MARKS = 20


@dataclass(frozen=True)
class Row:
    """One span. `bar_start`, `bar_width` and `marks` (events) are in thousandths of the trace's duration."""

    span: Span
    depth: int
    note: str
    bar_start: float
    bar_width: float
    colour: int
    marks: list[float]
    linked_from: int

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


@dataclass(frozen=True)
class Service:
    """One of the services in a trace: its colour and how many of the spans shown are its own."""

    name: str
    colour: int
    spans: int


def services_of(spans: list[Span]) -> list[Service]:
    """Services in order of their first span."""
    counts = Counter(span.service_name for span in spans)  # keeps the order
    return [Service(name, number % COLOURS, spans) for number, (name, spans) in enumerate(counts.items())]


def rows_of(
    spans: list[Span], start_nanos: int, end_nanos: int, linked_from: Mapping[str, int] | None = None
) -> list[Row]:
    """Rows of the waterfall between two times; `linked_from` counts links to a span, by its id."""
    forest = forest_of(spans, lambda span: (span.start_nanos, span.span_id))
    colours = {service.name: service.colour for service in services_of(spans)}
    scale = _Scale(start_nanos, max(end_nanos - start_nanos, 1))
    rows = []
    for here, depth in _walk(forest):
        span = forest.spans[here]
        left, right = scale.units(span.start_nanos), scale.units(span.end_nanos)
        width = max(right - left, 2.0)
        rows.append(
            Row(
                span=span,
                depth=depth,
                note=forest.notes.get(here, ""),
                bar_start=min(left, BAR_UNITS - width),
                bar_width=width,
                colour=colours[span.service_name],
                marks=[scale.units(event.time_nanos) for event in span.events[:_MOST_MARKS]],
                linked_from=(linked_from or {}).get(span.span_id, 0),
            )
        )
    return rows


@dataclass(frozen=True)
class _Scale:
    start_nanos: int
    length_nanos: int

    def units(self, time_nanos: int) -> float:
        part = (time_nanos - self.start_nanos) / self.length_nanos
        return round(min(max(part, 0.0), 1.0) * BAR_UNITS, 1)


def _walk(forest: Forest) -> Iterator[tuple[int, int]]:
    waiting = [(root, 0) for root in reversed(forest.roots)]
    while waiting:
        here, depth = waiting.pop()
        yield here, depth
        waiting += [(child, depth + 1) for child in reversed(forest.children.get(here, []))]
