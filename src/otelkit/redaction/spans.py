"""The span processor that redacts: it stands before the processor that exports.

Spans are read-only once ended, so what must change is put into a new ReadableSpan; a span with nothing
to redact is passed on as it is. Everything else of the span is preserved, dropped counts included.
"""

import operator
from collections.abc import Sequence

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.context import Context
from opentelemetry.sdk.trace import Event, ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.util import BoundedList
from opentelemetry.trace import Link, Status
from opentelemetry.util.types import AnyValue

from otelkit.redaction.allow import AllowList
from otelkit.redaction.attributes import AttributeRedactor
from otelkit.redaction.exceptions import redact_status as redact_description
from otelkit.redaction.rules import Attributes
from otelkit.redaction.text import redact_text
from otelkit.redaction.urls import REDACTED, cut_query


class RedactingSpanProcessor(SpanProcessor):
    """Hands redacted spans to `next_processor`; never raises by itself."""

    def __init__(self, next_processor: SpanProcessor, allow: AllowList) -> None:
        self.next_processor = next_processor
        self.redactor = AttributeRedactor(allow)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Hand on: there is nothing to redact before the end."""
        self.next_processor.on_start(span, parent_context)

    def _on_ending(self, span: Span) -> None:
        self.next_processor._on_ending(span)  # noqa: SLF001 - the SDK's hook, not public yet

    def on_end(self, span: ReadableSpan) -> None:
        """Hand on the span, or a redacted copy of it."""
        self.next_processor.on_end(redact_span(span, self.redactor))

    def shutdown(self) -> None:
        """End the next processor."""
        self.next_processor.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the next processor."""
        return self.next_processor.force_flush(timeout_millis)


def redact_span(span: ReadableSpan, redactor: AttributeRedactor) -> ReadableSpan:
    """Give `span` itself when there is nothing to redact, else a redacted copy."""
    try:
        name = redact_name(span.name, redactor.allow)
        changes = redactor.changes(span.attributes)
        # The properties copy under a lock, also what is empty, which is nearly always.
        old_events = span.events if span._events else ()  # noqa: SLF001 - for its length alone
        old_links = span.links if span._links else ()  # noqa: SLF001 - as for events
        events = [redact_event(event, redactor) for event in old_events] if old_events else []
        links = [redact_link(link, redactor) for link in old_links] if old_links else []
        status = redact_status(span.status, redactor.allow)
        is_same = name == span.name and status is span.status and not changes
        if is_same and _are_same(events, old_events) and _are_same(links, old_links):
            return span
        attributes = _bounded(span.attributes, changes, span.dropped_attributes)
    except Exception:  # noqa: BLE001 - whatever fails here, the span must neither be lost nor pass as it is
        name, attributes, status = REDACTED, BoundedAttributes(), Status(span.status.status_code)
        events, links = [], []
    return _copy(span, name, status, attributes, (events, links))


def redact_name(name: str, allow: AllowList) -> str:
    """Redact the name of a span, of which a query is cut off."""
    return redact_text(cut_query(name) if "?" in name else name, allow)


def redact_status(status: Status, allow: AllowList) -> Status:
    """Give `status` itself when there is nothing to redact, else a redacted copy."""
    description = status.description
    if not description:
        return status
    redacted = redact_description(description, allow.exception_types)
    return status if redacted == description else Status(status.status_code, redacted)


def redact_event(event: Event, redactor: AttributeRedactor) -> Event:
    """Give `event` itself when there is nothing to redact, else a redacted copy."""
    name = redact_text(event.name, redactor.allow)
    changes = redactor.changes(event.attributes)
    if name == event.name and not changes:
        return event
    return Event(name, _bounded(event.attributes, changes, event.dropped_attributes), event.timestamp)


def redact_link(link: Link, redactor: AttributeRedactor) -> Link:
    """Give `link` itself when there is nothing to redact, else a redacted copy."""
    changes = redactor.changes(link.attributes)
    return (
        Link(link.context, _bounded(link.attributes, changes, link.dropped_attributes)) if changes else link
    )


def _bounded(attributes: Attributes | None, changes: dict[str, AnyValue], dropped: int) -> BoundedAttributes:
    bounded = BoundedAttributes(attributes={**(attributes or {}), **changes})
    bounded.dropped = dropped
    return bounded


def _are_same(left: Sequence[object], right: Sequence[object]) -> bool:
    return all(map(operator.is_, left, right))


def _copy(
    span: ReadableSpan,
    name: str,
    status: Status,
    attributes: BoundedAttributes,
    events_and_links: tuple[list[Event], list[Link]],
) -> ReadableSpan:
    events = BoundedList.from_seq(None, events_and_links[0])
    links = BoundedList.from_seq(None, events_and_links[1])
    events.dropped, links.dropped = span.dropped_events, span.dropped_links
    return ReadableSpan(
        name=name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        events=events,
        links=links,
        kind=span.kind,
        instrumentation_info=span._instrumentation_info,  # noqa: SLF001 - the public property is deprecated and warns
        status=status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
