"""A trace as text: one line per span, children below their parent, the form that READMEs show.

    POST /orders [SERVER] UNSET
    ├─ reserve stock [INTERNAL] ERROR
    └─ publish orders.created [PRODUCER] UNSET

Siblings stand in the order of their start (ties: name, then span id). A span's links follow directly below
it, one `~> name [KIND]` each, before its children; a link to a span that is not among those given reads
`~> (outside this trace)`. Characters that would move the cursor or hide text are shown as escapes.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from otelkit.traces.forest import Forest, forest_of
from otelkit.traces.span import Link, Span

DEEPEST_INDENT = 100  # levels; below, lines say their level, or a deep trace would be a quadratic text
_LONGEST_NAME = 200  # characters
OUTSIDE = "~> (outside this trace)"


def visible(text: str) -> str:
    """`text` with every non-printing character as its escape, cut at 200 characters."""
    shown = text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)


def label_of(span: Span) -> str:
    """`name [KIND] STATUS`, what a trace block in a README says of a span."""
    return f"{_reference(span)} {span.status}"


def render_tree(
    spans: Iterable[Span],
    *,
    label: Callable[[Span], str] = label_of,
    events: bool = False,
    order: Literal["start", "name"] = "start",
) -> str:
    """Trees of all `spans`, one line a span, without a final newline; an empty string for no spans.

    `events` adds one line `* name` per event below its span. `order="name"` sorts siblings by name and makes
    the text of concurrent siblings stable. Spans of several traces may be given; links across them are named.
    """
    forest = forest_of(spans, _by_start if order == "start" else _by_name)
    return "\n".join(_lines(forest, label, events=events))


def _by_start(span: Span) -> tuple[int, str, str]:
    return span.start_nanos, span.name, span.span_id


def _by_name(span: Span) -> tuple[str, str, str, int, str]:
    return span.name, span.kind, span.status, span.start_nanos, span.span_id


def _lines(forest: Forest, label: Callable[[Span], str], *, events: bool) -> Iterator[str]:
    known = {span.key: span for span in reversed(forest.spans)}
    waiting = [(root, 0, "", "") for root in reversed(forest.roots)]
    while waiting:
        here, level, lead, below = waiting.pop()
        span = forest.spans[here]
        note = forest.notes.get(here)
        yield f"{lead}{label(span)}" + (f" {note}" if note else "")
        yield from (below + _link_line(link, known) for link in span.links)
        if events:
            yield from (f"{below}* {visible(event.name)}" for event in span.events)
        for child in reversed(forest.children.get(here, [])):
            last = child == forest.children[here][-1]
            waiting.append((child, level + 1, *_indents(level + 1, below, last=last)))


def _indents(level: int, outer: str, *, last: bool) -> tuple[str, str]:
    """Return what stands before a span's own line, and before the lines below it."""
    if level > DEEPEST_INDENT:
        return f"{outer}(level {level}) ", outer
    return (f"{outer}└─ ", f"{outer}   ") if last else (f"{outer}├─ ", f"{outer}│  ")


def _link_line(link: Link, known: dict[tuple[str, str], Span]) -> str:
    span = known.get((link.trace_id, link.span_id))
    return OUTSIDE if span is None else f"~> {_reference(span)}"


def _reference(span: Span) -> str:
    return f"{visible(span.name)} [{visible(span.kind)}]"
