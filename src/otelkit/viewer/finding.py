"""Finds traces: those of which one span fulfils all conditions, newest first."""

import sqlite3
from dataclasses import dataclass

from otelkit.viewer.conditions import Condition, Value, where

ROOT_NOT_RECEIVED = "<root span not yet received>"  # what Tempo answers
_UNBOUNDED = 2**63 - 1


@dataclass(frozen=True)
class Search:
    """Times are nanoseconds; durations are those of whole traces."""

    conditions: tuple[Condition, ...] = ()
    shortest_nanos: int = 0
    longest_nanos: int = _UNBOUNDED
    start_nanos: int = 0
    end_nanos: int = _UNBOUNDED
    limit: int = 20


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
    """Traces that overlap the time range, have the duration, and a span that fulfils all conditions."""
    sql = """SELECT * FROM traces t WHERE start_nanos <= ? AND end_nanos >= ?
        AND end_nanos - start_nanos BETWEEN ? AND ?"""
    parameters: list[Value] = [
        search.end_nanos,
        search.start_nanos,
        search.shortest_nanos,
        search.longest_nanos,
    ]
    if search.conditions:
        clause, more = where(connection, search.conditions)
        # S608: the clause is built from constants, its values are parameters
        sql += f" AND EXISTS (SELECT 1 FROM spans s WHERE s.trace_id = t.trace_id AND {clause})"  # noqa: S608
        parameters += more
    sql += " ORDER BY start_nanos DESC LIMIT ?"
    return [found_trace(row) for row in connection.execute(sql, [*parameters, search.limit])]


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
    """Services that sent spans, by one jump in the index per service instead of a scan."""
    sql = """WITH RECURSIVE names (service) AS (
        SELECT min(service) FROM spans
        UNION ALL SELECT (SELECT min(service) FROM spans WHERE service > names.service)
        FROM names WHERE names.service IS NOT NULL
    ) SELECT service FROM names WHERE service <> '' LIMIT 200"""
    return [row[0] for row in connection.execute(sql)]
