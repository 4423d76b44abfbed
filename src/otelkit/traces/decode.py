"""Spans out of OTLP protobuf messages.

A number that this version of the protocol does not know (a kind, a status) stays visible as that number.
Source: opentelemetry/proto/trace/v1/trace.proto.
"""

from collections.abc import Iterable, Iterator

from opentelemetry.proto.trace.v1 import trace_pb2

from otelkit.traces.attributes import attributes_of
from otelkit.traces.span import Attributes, Event, Link, Span

_KINDS = {number: name.removeprefix("SPAN_KIND_") for name, number in trace_pb2.Span.SpanKind.items()}
_STATUSES = {
    number: name.removeprefix("STATUS_CODE_") for name, number in trace_pb2.Status.StatusCode.items()
}


def spans_of(resource_spans: Iterable[trace_pb2.ResourceSpans]) -> list[Span]:
    """All spans of an export request's or a `TracesData`'s `resource_spans`, in their order there."""
    return list(_walk(resource_spans))


def _walk(resource_spans: Iterable[trace_pb2.ResourceSpans]) -> Iterator[Span]:
    for group in resource_spans:
        resource = attributes_of(group.resource.attributes)
        for scoped in group.scope_spans:
            for span in scoped.spans:
                yield _span_of(span, resource, scoped.scope.name)


def _span_of(span: trace_pb2.Span, resource: Attributes, scope: str) -> Span:
    return Span(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_span_id=span.parent_span_id.hex(),
        name=span.name,
        kind=_KINDS.get(span.kind, str(span.kind)),
        status=_STATUSES.get(span.status.code, str(span.status.code)),
        status_message=span.status.message,
        start_nanos=span.start_time_unix_nano,
        end_nanos=span.end_time_unix_nano,
        attributes=attributes_of(span.attributes),
        events=tuple(_event_of(event) for event in span.events),
        links=tuple(_link_of(link) for link in span.links),
        resource=resource,
        scope=scope,
    )


def _event_of(event: trace_pb2.Span.Event) -> Event:
    return Event(
        name=event.name,
        time_nanos=event.time_unix_nano,
        attributes=attributes_of(event.attributes),
    )


def _link_of(link: trace_pb2.Span.Link) -> Link:
    return Link(
        trace_id=link.trace_id.hex(),
        span_id=link.span_id.hex(),
        attributes=attributes_of(link.attributes),
    )
