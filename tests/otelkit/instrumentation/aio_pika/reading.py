"""What a finished span says."""

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan


def said(span: ReadableSpan) -> dict[str, Any]:
    """The attributes of a span."""
    return dict(span.attributes or {})


def exceptions_of(span: ReadableSpan) -> list[Any]:
    """What was recorded."""
    return [
        dict(event.attributes or {})["exception.type"] for event in span.events if event.name == "exception"
    ]


def is_child(span: ReadableSpan, parent: ReadableSpan) -> bool:
    """Whether a span is a child of another."""
    return (
        span.parent is not None
        and span.parent.span_id == parent.context.span_id
        and span.context.trace_id == parent.context.trace_id
    )


def is_linked(span: ReadableSpan, to: ReadableSpan) -> bool:
    """Whether a span links to another."""
    return to.context.span_id in [link.context.span_id for link in span.links]
