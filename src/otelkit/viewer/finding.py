"""Finds traces: one by its id, or those of which one span fulfils all conditions, the latest first."""

import sqlite3
from dataclasses import dataclass

from otelkit.viewer.conditions import Condition
from otelkit.viewer.time_range import UNBOUNDED
from otelkit.viewer.trace_scan import latest_with_span

ROOT_NOT_RECEIVED = "<root span not yet received>"  # what Tempo answers
_LATEST = """SELECT * FROM traces WHERE start_nanos <= ? AND end_nanos >= ?
AND end_nanos - start_nanos BETWEEN ? AND ? ORDER BY start_nanos DESC LIMIT ?"""


@dataclass(frozen=True)
class Search:
    """Times are nanoseconds; durations are those of whole traces, which start by `before_nanos`."""

    conditions: tuple[Condition, ...] = ()
    shortest_nanos: int = 0
    longest_nanos: int = UNBOUNDED
    start_nanos: int = 0
    end_nanos: int = UNBOUNDED
    limit: int = 20
    before_nanos: int = UNBOUNDED


@dataclass(frozen=True)
class FoundTrace:
    """One line of the list of traces; an empty service or name is one that the root span left empty."""

    trace_id: str
    root_service: str
    root_name: str
    start_nanos: int
    end_nanos: int
    span_count: int
    error_count: int

    @property
    def duration_nanos(self) -> int:
        """From the first span's start to the last one's end."""
        return self.end_nanos - self.start_nanos


def find_traces(connection: sqlite3.Connection, search: Search) -> list[FoundTrace]:
    """Traces of the duration that have a span which fulfils all conditions and overlaps the time range."""
    if search.limit <= 0:
        return []
    if search.conditions:
        return [found_trace(row) for row in latest_with_span(connection, search)]
    end_nanos = min(search.end_nanos, search.before_nanos)
    limits = (end_nanos, search.start_nanos, search.shortest_nanos, search.longest_nanos, search.limit)
    return [found_trace(row) for row in connection.execute(_LATEST, limits)]


def find_trace(connection: sqlite3.Connection, trace_id: bytes) -> FoundTrace | None:
    """One trace's summary, or None."""
    row = connection.execute("SELECT * FROM traces WHERE trace_id = ?", (trace_id,)).fetchone()
    return None if row is None else found_trace(row)


def found_trace(row: sqlite3.Row) -> FoundTrace:
    """Summary out of a row of `traces`."""
    return FoundTrace(
        trace_id=row["trace_id"].hex(),
        root_service=ROOT_NOT_RECEIVED if row["root_service"] is None else row["root_service"],
        root_name=row["root_name"] or "",
        start_nanos=row["start_nanos"],
        end_nanos=row["end_nanos"],
        span_count=row["span_count"],
        error_count=row["error_count"],
    )


def service_names(connection: sqlite3.Connection) -> list[str]:
    """Services that sent anything."""
    sql = "SELECT DISTINCT service FROM origins WHERE service <> '' ORDER BY service LIMIT 200"
    return [row[0] for row in connection.execute(sql)]
