"""The spans at the other ends of a span's links, in both directions, by name where they are stored."""

import sqlite3
from dataclasses import dataclass, field

from otelkit.traces import Span
from otelkit.traces.span import Attributes
from otelkit.viewer.rows import span_number

MOST_LINKS = 100
_OPERATION = """SELECT o.name, o.service FROM spans s JOIN operations o ON o.id = s.operation
    WHERE s.trace = (SELECT id FROM traces WHERE trace_id = ?) AND s.span_id = ?"""


@dataclass(frozen=True)
class Linked:
    """A span at the other end; without name and service where it is not stored here."""

    trace_id: str
    span_id: str
    name: str = ""
    service: str = ""
    stored: bool = False
    attributes: Attributes = field(default_factory=dict)


def links_of(connection: sqlite3.Connection, span: Span) -> list[Linked]:
    """The spans that a span links to, the first hundred."""
    return [
        _linked(connection, link.trace_id, link.span_id, link.attributes) for link in span.links[:MOST_LINKS]
    ]


def links_to(connection: sqlite3.Connection, span: Span) -> list[Linked]:
    """The stored spans that link to a span, the first hundred."""
    sql = """SELECT from_trace_id, from_span_id FROM links WHERE trace_id = ? AND span_id = ?
        ORDER BY from_trace_id, from_span_id LIMIT ?"""
    ids = (bytes.fromhex(span.trace_id), bytes.fromhex(span.span_id))
    ends = connection.execute(sql, (*ids, MOST_LINKS)).fetchall()
    return [_linked(connection, trace_id.hex(), span_id.hex(), {}) for trace_id, span_id in ends]


def counts_of_links_to(connection: sqlite3.Connection, trace_id: bytes) -> dict[str, int]:
    """How many spans link to each span of a trace, by span id; spans without are left out."""
    sql = "SELECT span_id, count(*) FROM links WHERE trace_id = ? GROUP BY span_id"
    return {span_id.hex(): count for span_id, count in connection.execute(sql, (trace_id,))}


def _linked(connection: sqlite3.Connection, trace_id: str, span_id: str, attributes: Attributes) -> Linked:
    ids = (bytes.fromhex(trace_id), span_number(bytes.fromhex(span_id)))
    found = connection.execute(_OPERATION, ids).fetchone()
    name, service = found or ("", "")
    return Linked(trace_id, span_id, name, service, found is not None, attributes)
