"""One row a trace: made of all spans of a transaction before it is written, so that each is written once."""

import sqlite3
from dataclasses import dataclass

_FIND = "SELECT id FROM traces WHERE trace_id = ?"
_ADD = """INSERT INTO traces VALUES
    (:id, :trace_id, :root_service, :root_name, :start, :end, :spans, :errors, :arrival)"""
_CHANGE = """UPDATE traces SET
    root_service = coalesce(:root_service, root_service),
    root_name = coalesce(:root_name, root_name),
    start_nanos = min(start_nanos, :start),
    end_nanos = max(end_nanos, :end),
    span_count = span_count + :spans,
    error_count = error_count + :errors,
    arrival = :arrival
WHERE id = :id"""


@dataclass
class Summary:
    """What the spans of one transaction add to a trace."""

    id: int
    trace_id: bytes
    is_new: bool
    root_service: str | None = None
    root_name: str | None = None
    start: int = 2**63 - 1
    end: int = 0
    spans: int = 0
    errors: int = 0

    def cover(self, start_nanos: int, end_nanos: int) -> None:
        """Widen the trace's time."""
        self.start = min(self.start, start_nanos)
        self.end = max(self.end, start_nanos, end_nanos)


class TraceSummaries:
    """Summaries of the traces that the present transaction touches."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._last_id: int = connection.execute("SELECT coalesce(max(id), 0) FROM traces").fetchone()[0]
        self._touched: dict[bytes, Summary] = {}

    def of(self, trace_id: bytes) -> Summary:
        """The summary to change."""
        summary = self._touched.get(trace_id)
        if summary is None:
            summary = self._touched[trace_id] = self._begun(trace_id)
        return summary

    def write(self, arrival: int) -> None:
        """Store all, and begin anew."""
        for statement, is_new in ((_ADD, True), (_CHANGE, False)):
            rows = [
                {**vars(each), "arrival": arrival} for each in self._touched.values() if each.is_new is is_new
            ]
            self._connection.executemany(statement, rows)
        self.clear()

    def clear(self) -> None:
        """Forget what was not written."""
        self._touched.clear()

    def _begun(self, trace_id: bytes) -> Summary:
        found = self._connection.execute(_FIND, (trace_id,)).fetchone()
        if found is not None:
            return Summary(found[0], trace_id, is_new=False)
        self._last_id += 1
        return Summary(self._last_id, trace_id, is_new=True)
