"""Which service calls which: found while spans arrive, in whatever order they do.

A span that begins work of a service (SERVER or CONSUMER) is noted with the spans it comes from, its parent
and what it links to; once one of these is there too, the two are an edge. Calls of a database are an edge
by themselves. Convention: https://grafana.com/docs/tempo/latest/metrics-from-traces/service_graphs/.
"""

import math
import sqlite3

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.viewer import rows

_MINUTE_NANOS = 60 * 10**9
_ERROR = 2
_MOST_LINKS = 128
_SYSTEM_KEYS = ("db.system.name", "db.system")
_NOTE = """INSERT INTO entries (trace_id, span_id, callee, minute, error, nanos, arrival)
VALUES (?, ?, ?, ?, ?, ?, ?)"""
_COLUMNS = """SELECT e.id, e.minute, o.service, e.callee,
    CASE o.kind WHEN 4 THEN 'message' ELSE 'call' END, e.error, e.nanos, o.kind"""
_JOINS = (
    """JOIN spans s ON s.trace = t.id AND s.span_id = e.span_id JOIN operations o ON o.id = s.operation"""
)
# Either the entry is of this transaction, or its trace has got spans in it.
_RESOLVE = f"""
{_COLUMNS} FROM entries e JOIN traces t ON t.trace_id = e.trace_id {_JOINS} WHERE e.arrival = :arrival
UNION
{_COLUMNS} FROM traces t JOIN entries e ON e.trace_id = t.trace_id {_JOINS} WHERE t.arrival = :arrival"""
_ADD = """INSERT INTO edges VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT DO UPDATE SET
    calls = calls + 1, errors = errors + excluded.errors, nanos = nanos + excluded.nanos,
    arrival = excluded.arrival"""
Call = tuple[int, str, str, str, int, int]  # minute, caller, callee, kind, error, nanos


def size_of(nanos: int) -> int:
    """Power of the square root of two that a duration lies above: its place in a histogram."""
    return math.floor(2 * math.log2(nanos)) if nanos > 0 else 0


class Edges:
    """Collects the present transaction's calls."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._entries: list[tuple[bytes, int, str, int, int, int]] = []
        self._calls: list[Call] = []

    def note(self, span: Span, service: str) -> None:
        """Remember what a span that is new says about calls."""
        kind = span.kind
        if kind not in (Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CONSUMER, Span.SPAN_KIND_CLIENT):
            return
        start, end = rows.span_times(span)
        minute, nanos = start // _MINUTE_NANOS, max(end - start, 0)
        error = int(span.status.code == _ERROR)
        if kind == Span.SPAN_KIND_CLIENT:
            if system := _database_of(span):
                self._calls.append((minute, service, system, "database", error, nanos))
            return
        for trace_id, span_id in _origins_of(span):
            self._entries.append((trace_id, span_id, service, minute, error, nanos))

    def write(self, arrival: int) -> None:
        """Store what was noted, and make edges of what has both ends."""
        self._connection.executemany(_NOTE, ((*entry, arrival) for entry in self._entries))
        resolved = self._connection.execute(_RESOLVE, {"arrival": arrival}).fetchall()
        self._calls += [
            (minute, caller, callee, how, error, nanos)
            for _, minute, caller, callee, how, error, nanos, kind in resolved
            if caller != callee or kind in (Span.SPAN_KIND_CLIENT, Span.SPAN_KIND_PRODUCER)
        ]
        self._connection.executemany("DELETE FROM entries WHERE id = ?", {(row[0],) for row in resolved})
        self._connection.executemany(_ADD, (_row(call, arrival) for call in self._calls))
        self.clear()

    def clear(self) -> None:
        """Forget what was not written."""
        self._entries.clear()
        self._calls.clear()


def _row(call: Call, arrival: int) -> tuple[int, str, str, str, int, int, int, int]:
    minute, caller, callee, how, error, nanos = call
    return minute, caller, callee, how, size_of(nanos), error, nanos, arrival


def _origins_of(span: Span) -> set[tuple[bytes, int]]:
    found = set()
    if not rows.is_root(span):
        found.add((span.trace_id, rows.span_number(span.parent_span_id)))
    if span.kind == Span.SPAN_KIND_CONSUMER:
        links = [link for link in span.links[:_MOST_LINKS] if rows.has_valid_ids(link)]
        found |= {(link.trace_id, rows.span_number(link.span_id)) for link in links}
    return found


def _database_of(span: Span) -> str:
    for pair in span.attributes:
        if pair.key in _SYSTEM_KEYS:
            return rows.column_text(pair.value.string_value)
    return ""
