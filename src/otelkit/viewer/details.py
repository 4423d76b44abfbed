"""One span with everything that is known of it: its links in both directions and its logs."""

import sqlite3
from dataclasses import dataclass

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans

from otelkit.traces import Span, spans_of
from otelkit.traces.span import Attributes
from otelkit.viewer.linked import Linked, links_of, links_to
from otelkit.viewer.logs import logs_of_trace
from otelkit.viewer.records import Log
from otelkit.viewer.rows import span_number

_SPAN = """SELECT b.body, resources.body, scopes.body FROM spans s JOIN bodies b ON b.id = s.id
    JOIN origins resources ON resources.id = s.resource JOIN origins scopes ON scopes.id = s.scope
    WHERE s.trace = (SELECT id FROM traces WHERE trace_id = ?) AND s.span_id = ?"""


@dataclass(frozen=True)
class Details:
    """What the page shows of an open span."""

    span: Span
    resource: Attributes
    links: list[Linked]
    linked_from: list[Linked]
    logs: list[Log]


def read_details(connection: sqlite3.Connection, trace_id: bytes, span_id: bytes) -> Details | None:
    """Details of a span, or None when it is not stored."""
    row = connection.execute(_SPAN, (trace_id, span_number(span_id))).fetchone()
    if row is None:
        return None
    body, resource, scope = row
    group = ResourceSpans.FromString(resource)
    group.scope_spans.append(ScopeSpans.FromString(scope))
    group.scope_spans[0].spans.add().ParseFromString(body)
    (span,) = spans_of([group])
    logs = logs_of_trace(connection, trace_id, span.span_id)
    return Details(span, _resource_of(span), links_of(connection, span), links_to(connection, span), logs)


def _resource_of(span: Span) -> Attributes:
    """Its attributes in order, those that name the service first."""
    return dict(sorted(span.resource.items(), key=lambda pair: (not pair[0].startswith("service."), pair[0])))
