"""Writes log records, with the terms that they can be found by.

Terms are labels as Loki has them (`log_labels`), and all runs of three characters of the text.
"""

import sqlite3
from collections.abc import Iterator

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs

from otelkit.viewer import rows
from otelkit.viewer.blocks import BlockWriter, Kind
from otelkit.viewer.log_labels import line_of, record_labels
from otelkit.viewer.origins import Origins

_ADD_LOG = "INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_LONGEST_TEXT = 4_000  # what comes after is found by reading the records
_RUN = 3


def label_term(name: str, value: str) -> bytes:
    """Term of a label with a value."""
    return f"{name}={value}".encode("utf-8", "surrogatepass")


def resource_term(resource: int) -> bytes:
    """Term of a resource."""
    return b"\x00r%d" % resource


def text_terms(text: str) -> Iterator[bytes]:
    """Terms that a record has if its text contains this one, whatever the case."""
    folded = text.lower()
    for run in {folded[here : here + _RUN] for here in range(len(folded) - _RUN + 1)}:
        yield b"\x00t" + run.encode("utf-8", "surrogatepass")


LONG_TEXT = b"\x00l"  # term of a block with a record whose text is not wholly in the filter


class LogStore:
    """Writes within a transaction that the caller begins and ends."""

    def __init__(self, connection: sqlite3.Connection, origins: Origins) -> None:
        self._connection = connection
        self._origins = origins
        self._blocks = BlockWriter(connection, Kind.LOGS)
        self._written = True

    def add(self, group: ResourceLogs, arrival: int) -> None:
        """Write log records of one resource."""
        resource, _ = self._origins.resource(group.resource, group.schema_url, arrival)
        for scoped in group.scope_logs:
            scope = self._origins.scope(scoped.scope, scoped.schema_url, arrival)
            for record in scoped.log_records:
                self._add_record(record, resource, scope, arrival)
                self._written = False

    def finish(self) -> None:
        """Write what is known only once all records of the transaction are there."""
        if not self._written:
            self._blocks.write()
            self._written = True

    def _add_record(self, record: LogRecord, resource: int, scope: int, arrival: int) -> None:
        time = rows.log_time(record)
        number = self._blocks.place(time, time)
        columns = (number, record.trace_id, record.severity_number, time, resource, scope, arrival)
        self._connection.execute(_ADD_LOG, (*columns, record.SerializeToString()))
        terms = self._blocks.filter
        terms.add(resource_term(resource))
        for name, value in record_labels(record).items():
            terms.add(label_term(name, value))
        line = line_of(record)
        for term in text_terms(line[:_LONGEST_TEXT]):
            terms.add(term)
        if len(line) > _LONGEST_TEXT:
            terms.add(LONG_TEXT)
