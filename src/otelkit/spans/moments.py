"""The events and links of our span: what has no attributes is kept as it is, as long as that is usual.

Role: between a span with attributes and the span itself. Decision: an event is its name and time, a link the
API's own; the first with attributes, or one more than the limit, moves all into the SDK's lists, whose rules
for limits are not worth a second version. Convention: "Add events" and "Links" of the trace SDK.
"""

from collections.abc import Sequence
from time import time_ns
from typing import Any

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util import BoundedList
from opentelemetry.trace import Link, SpanContext
from opentelemetry.util.types import Attributes

from otelkit.spans.attributes import SpanWithAttributes

NOTHING: tuple[Any, ...] = ()  # the events and links of a span that has had none


class SpanWithMoments(SpanWithAttributes):
    """A span that takes events and links; `_events` is a list and `_links` a tuple while they are plain."""

    _events: Any = NOTHING
    _links: Any = NOTHING

    @property
    def events(self) -> Sequence[Event]:
        """The SDK's own, from now on."""
        self._move_events()
        return super().events

    @property
    def links(self) -> Sequence[Link]:
        """The SDK's own, from now on."""
        self._move_links()
        return super().links

    def to_json(self, indent: int | None = 4) -> str:
        """Give what the SDK gives."""
        self._move_events()
        self._move_links()
        return str(super().to_json(indent))

    def add_event(self, name: str, attributes: Attributes = None, timestamp: int | None = None) -> None:
        """Add an event; ignored with a warning when the span has ended."""
        if not attributes and self._add_plain_event(name, timestamp):
            return
        self._move_events()
        super().add_event(name, attributes, timestamp)

    def add_link(self, context: SpanContext, attributes: Attributes = None) -> None:
        """Add a link; ignored with a warning when the span has ended."""
        self._move_links()
        super().add_link(context, attributes)

    def begin_links(self, links: Sequence[Link]) -> None:
        """Take the links that the span starts with."""
        most = self.origin.limits.max_links
        if (most is None or len(links) <= most) and all(map(_is_plain, links)):
            self._links = tuple(links)
        else:
            self._links = self._new_links(links)

    def _readable_span(self) -> ReadableSpan:
        self._move_events()
        self._move_links()
        return super()._readable_span()

    def _add_plain_event(self, name: str, timestamp: int | None) -> bool:
        most = self.origin.limits.max_events
        with self._lock:
            events = self._events
            is_plain = events is NOTHING or type(events) is list
            if self._end_time is not None or not is_plain or (most is not None and len(events) >= most):
                return False
            if events is NOTHING:
                events = self._events = []
            events.append((name, time_ns() if timestamp is None else timestamp))
            return True

    def _move_events(self) -> None:
        with self._lock:
            plain = self._events
            if type(plain) is BoundedList:
                return
            limits = self.origin.limits
            moved = self._new_events()  # type: ignore[no-untyped-call]  # the SDK's is not annotated
            for name, timestamp in plain:
                most, length = limits.max_event_attributes, limits.max_attribute_length
                attributes = BoundedAttributes(most, None, immutable=True, max_value_len=length)
                moved.append(Event(name, attributes, timestamp))
            self._events = moved

    def _move_links(self) -> None:
        with self._lock:
            if type(self._links) is not BoundedList:
                self._links = self._new_links(self._links)


def _is_plain(link: Any) -> bool:
    if type(link) is not Link or link.attributes or type(link.context) is not SpanContext:
        return False
    *_, is_valid = link.context  # a tuple by its declared type
    return bool(is_valid)
