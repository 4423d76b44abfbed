"""One trace as OTLP messages again, in parts, so that a huge one is never whole in memory.

Each part is a ResourceSpans with some spans of one resource and scope. Written one
after another, the parts of a TracesData are a TracesData: protobuf joins repeated fields.
"""

import sqlite3
from collections.abc import Iterator

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans

_SPANS_A_PART = 100
_BYTES_A_PART = 2**20
# The limit keeps SQLite from sorting bodies, too, for which the disk may have no room.
_SPANS = """SELECT s.resource, s.scope, b.body FROM (SELECT id, resource, scope FROM spans
WHERE trace = (SELECT id FROM traces WHERE trace_id = ?) ORDER BY {} LIMIT -1) s
CROSS JOIN bodies b ON b.id = s.id"""
_BY_ORIGIN = _SPANS.format("resource, scope, start_nanos, id")  # those of one origin come together
_BY_START = _SPANS.format("start_nanos, id")


def read_trace(
    connection: sqlite3.Connection, trace_id: bytes, *, by_start: bool = False
) -> Iterator[ResourceSpans]:
    """All spans of a trace; nothing for an unknown one."""
    parts = _Parts(connection)
    for resource, scope, body in connection.execute(_BY_START if by_start else _BY_ORIGIN, (trace_id,)):
        yield from parts.add((resource, scope), body)
    yield from parts.rest()


class _Parts:
    """Collects spans of one origin until they are enough for a part."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._origin = (0, 0)
        self._bodies: list[bytes] = []
        self._size_bytes = 0

    def add(self, origin: tuple[int, int], body: bytes) -> Iterator[ResourceSpans]:
        full = len(self._bodies) >= _SPANS_A_PART or self._size_bytes >= _BYTES_A_PART
        if full or origin != self._origin:
            yield from self.rest()
        self._origin = origin
        self._bodies.append(body)
        self._size_bytes += len(body)

    def rest(self) -> Iterator[ResourceSpans]:
        if self._bodies:
            yield self._part()
        self._bodies, self._size_bytes = [], 0

    def _part(self) -> ResourceSpans:
        resource, scope = (self._body_of(origin) for origin in self._origin)
        part = ResourceSpans.FromString(resource)
        scoped = part.scope_spans.add()
        scoped.CopyFrom(ScopeSpans.FromString(scope))
        for body in self._bodies:
            scoped.spans.add().ParseFromString(body)
        return part

    def _body_of(self, origin: int) -> bytes:
        found: bytes = self._connection.execute(
            "SELECT body FROM origins WHERE id = ?", (origin,)
        ).fetchone()[0]
        return found
