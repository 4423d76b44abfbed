"""Traces for people: trees with durations and errors, in colour where that is wanted.

Colour follows https://no-color.org: on a terminal, unless NO_COLOR is set to anything.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TextIO

from otelkit.traces import Span, label_of, render_tree, visible

_RED, _BOLD, _DIM, _PLAIN = "\x1b[31m", "\x1b[1m", "\x1b[2m", "\x1b[0m"


class Terminal:
    """Writes to one stream; a stream that is gone is given up silently, the command matters more."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        self._stream = stream
        self._coloured = stream.isatty() and not environ.get("NO_COLOR")

    def say(self, line: str) -> None:
        """Write one line."""
        with suppress(OSError, ValueError):  # closed, or its reader went away
            self._stream.write(line + "\n")
            self._stream.flush()

    def show(self, traces: Sequence[Sequence[Span]]) -> None:
        """Write each trace as heading and tree with its events, followed by an empty line."""
        for spans in traces:
            self.say(f"{self._heading(spans)}\n{render_tree(spans, label=self._label, events=True)}\n")

    def _heading(self, spans: Sequence[Span]) -> str:
        services = ", ".join(sorted({visible(span.service_name) for span in spans if span.service_name}))
        count = f"{len(spans)} span" + "s" * (len(spans) != 1)
        return self._paint(_BOLD, f"trace {spans[0].trace_id}") + self._paint(_DIM, f"  {services}  {count}")

    def _label(self, span: Span) -> str:
        duration = self._paint(_DIM, f"  {duration_text(span.duration_seconds)}")
        if span.status != "ERROR":
            return f"{label_of(span)}{duration}"
        reason = error_of(span)
        return f"{self._paint(_RED, label_of(span) + (f' {reason}' if reason else ''))}{duration}"

    def _paint(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._coloured else text


def error_of(span: Span) -> str:
    """Type of the error: `error.type`, else of the last recorded exception, else the status' message."""
    exceptions = [
        event.attributes.get("exception.type") for event in span.events if event.name == "exception"
    ]
    for found in (span.attributes.get("error.type"), *reversed(exceptions), span.status_message):
        if found:
            return visible(str(found))
    return ""


def duration_text(seconds: float) -> str:
    """Give a duration in the unit that suits: `1.24 s`, `12.4 ms`, `124 µs`."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.1f} ms" if seconds * 1e3 >= 1 else f"{seconds * 1e6:.0f} µs"
