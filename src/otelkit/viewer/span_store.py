"""Writes spans, with the summaries of their traces, the terms they are found by and the calls they show.

A span is known by its trace id and span id: the same one again replaces the first, so that a sender may
offer a batch twice (at-least-once delivery).
"""

import sqlite3

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from otelkit.viewer import rows
from otelkit.viewer.block_index import BlockIndex
from otelkit.viewer.blocks import Kind
from otelkit.viewer.edges import Edges
from otelkit.viewer.origins import Origins
from otelkit.viewer.span_terms import index_span
from otelkit.viewer.trace_summaries import TraceSummaries

_ERROR = 2  # STATUS_CODE_ERROR
_ADD_SPAN = "INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_ADD_BODY = "INSERT INTO bodies VALUES (?, ?)"
_ADD_LINK = "INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?)"
_TAKE_SPAN = "DELETE FROM spans WHERE trace = ? AND span_id = ? RETURNING id, status"
_TAKE_BODY = "DELETE FROM bodies WHERE id = ?"


class SpanStore:
    """Writes within a transaction that the caller begins and ends."""

    def __init__(self, connection: sqlite3.Connection, origins: Origins) -> None:
        self._connection = connection
        self._origins = origins
        self._traces = TraceSummaries(connection)
        self._index = BlockIndex(connection, Kind.SPANS)
        self._edges = Edges(connection)

    def add(self, group: ResourceSpans, arrival: int) -> int:
        """Write spans of one resource; returns how many were left out for an invalid id."""
        resource, service = self._origins.resource(group.resource, group.schema_url, arrival)
        rejected = 0
        for scoped in group.scope_spans:
            scope = self._origins.scope(scoped.scope, scoped.schema_url, arrival)
            for span in scoped.spans:
                if rows.has_valid_ids(span):
                    self._add_span(span, resource, scope, service)
                else:
                    rejected += 1
        return rejected

    def finish(self, arrival: int) -> None:
        """Write what is known only once all spans of the transaction are there."""
        self._traces.write(arrival)
        self._index.write()
        self._edges.write(arrival)

    def seal(self) -> None:
        """Let what has been written need no second look, before the file is closed."""
        self._index.seal()

    def _add_span(self, span: Span, resource: int, scope: int, service: str) -> None:
        start, end = rows.span_times(span)
        status = span.status.code
        operation = self._origins.operation((service, rows.column_text(span.name), span.kind))
        trace = self._traces.of(span.trace_id)
        body = span.SerializeToString()
        number, place = self._index.place(start, max(start, end), len(body))
        key = (trace.id, rows.span_number(span.span_id))
        row = (number, *key, operation, status, start, end, resource, scope)
        if self._connection.execute(_ADD_SPAN, row).rowcount == 0:
            trace.spans -= 1
            trace.errors -= self._take(key) == _ERROR
            self._connection.execute(_ADD_SPAN, row)
        else:
            self._edges.note(span, service)
        self._connection.execute(_ADD_BODY, (number, body))
        for link in span.links:
            ids = (link.trace_id, link.span_id, span.trace_id, span.span_id)
            self._connection.execute(_ADD_LINK, ids)
        index_span(self._index, place, span, operation, resource)
        trace.cover(start, end)
        trace.spans += 1
        trace.errors += status == _ERROR
        if rows.is_root(span):
            trace.root_service, trace.root_name = service, rows.column_text(span.name)

    def _take(self, key: tuple[int, int]) -> int:
        number, status = self._connection.execute(_TAKE_SPAN, key).fetchone()
        self._connection.execute(_TAKE_BODY, (number,))
        return int(status)
