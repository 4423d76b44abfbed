"""A span that begins when something asks for it, with the time at which it should have begun.

It is the current span of a handler that only looks. Who starts a child, logs or measures asks for its
context, and so makes it real; when nobody does, there never was one.
"""

from collections.abc import Callable
from typing import Any

from opentelemetry.trace import INVALID_SPAN_CONTEXT, Span, SpanContext
from opentelemetry.trace.status import Status, StatusCode
from opentelemetry.util.types import Attributes, AttributeValue


class LateSpan(Span):
    """Stands for the span that `start` would make."""

    def __init__(self, start: Callable[[], Span]) -> None:
        self._start: Callable[[], Span] | None = start
        self.span: Span | None = None

    def begin(self) -> Span | None:
        """Make the span real; None when it was given up before."""
        if self.span is None and self._start is not None:
            start, self._start = self._start, None
            self.span = start()
        return self.span

    def give_up(self) -> None:
        """From now on there is no span, unless there is one already."""
        self._start = None

    def get_span_context(self) -> SpanContext:
        """Begin the span and give its context."""
        span = self.begin()
        return INVALID_SPAN_CONTEXT if span is None else span.get_span_context()

    def is_recording(self) -> bool:
        """Begin the span and ask it."""
        span = self.begin()
        return span is not None and span.is_recording()

    def set_attributes(self, attributes: Any) -> None:
        """Begin the span and set attributes."""
        self._with("set_attributes", attributes)

    def set_attribute(self, key: str, value: AttributeValue) -> None:
        """Begin the span and set an attribute."""
        self._with("set_attribute", key, value)

    def add_event(self, name: str, attributes: Attributes = None, timestamp: int | None = None) -> None:
        """Begin the span and add an event."""
        self._with("add_event", name, attributes, timestamp)

    def update_name(self, name: str) -> None:
        """Begin the span and rename it."""
        self._with("update_name", name)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """Begin the span and set its status."""
        self._with("set_status", status, description)

    def record_exception(
        self,
        exception: BaseException,
        attributes: Attributes = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        """Begin the span and record an exception."""
        self._with("record_exception", exception, attributes, timestamp, escaped)

    def end(self, end_time: int | None = None) -> None:
        """End the span, if there is one."""
        if self.span is not None:
            self.span.end(end_time)

    def _with(self, method: str, *arguments: Any) -> None:
        span = self.begin()
        if span is not None:
            getattr(span, method)(*arguments)
