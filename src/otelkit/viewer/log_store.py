"""Writes log records, with the terms and columns that they can be found by.

These are labels as Loki has them (`log_labels`), the line, and all runs of three characters of it.
"""

import sqlite3
from collections.abc import Iterator

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs

from otelkit.viewer import rows
from otelkit.viewer.block_index import BlockIndex
from otelkit.viewer.blocks import Kind
from otelkit.viewer.columns import LONGEST_VALUE
from otelkit.viewer.log_labels import LINE, Labels, line_of, record_labels, scope_labels
from otelkit.viewer.origins import Origins

_ADD_LOG = "INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_RUN = 3


def label_term(name: str, value: str) -> bytes:
    """Term of a label with a value; no label's name is empty, so that the line has terms of its own."""
    return f"{name}={value}".encode("utf-8", "surrogatepass")


def resource_term(resource: int) -> bytes:
    """Term of a resource."""
    return b"\x00r%d" % resource


def text_terms(text: str) -> Iterator[bytes]:
    """Terms that a record has if its text contains this one, whatever the case."""
    folded = text.lower()
    for run in {folded[here : here + _RUN] for here in range(len(folded) - _RUN + 1)}:
        yield b"\x00t" + run.encode("utf-8", "surrogatepass")


class LogStore:
    """Writes within a transaction that the caller begins and ends."""

    def __init__(self, connection: sqlite3.Connection, origins: Origins) -> None:
        self._connection = connection
        self._origins = origins
        self._index = BlockIndex(connection, Kind.LOGS)

    def add(self, group: ResourceLogs, arrival: int) -> None:
        """Write log records of one resource."""
        resource, _ = self._origins.resource(group.resource, group.schema_url, arrival)
        for scoped in group.scope_logs:
            scope = self._origins.scope(scoped.scope, scoped.schema_url, arrival)
            labels = scope_labels(scoped.scope)
            for record in scoped.log_records:
                self._add_record(record, labels, (resource, scope, arrival))

    def finish(self) -> None:
        """Write what is known only once all records of the transaction are there."""
        self._index.write()

    def seal(self) -> None:
        """Let what has been written need no second look, before the file is closed."""
        self._index.seal()

    def _add_record(self, record: LogRecord, of_scope: Labels, origin: tuple[int, int, int]) -> None:
        time, body = rows.log_time(record), record.SerializeToString()
        number, place = self._index.place(time, time, len(body))
        columns = (number, record.trace_id, record.severity_number, time, *origin, body)
        self._connection.execute(_ADD_LOG, columns)
        self._index.add_terms([resource_term(origin[0])])
        self._add_value(
            LINE, line_of(record)[:LONGEST_VALUE], place
        )  # first: a block has room for so many keys
        for name, value in {**of_scope, **record_labels(record)}.items():
            self._add_value(name, value, place)

    def _add_value(self, name: str, value: str, place: int) -> None:
        term = label_term(name, value)
        if not self._index.columns.add(term, place):
            self._index.columns.begin(term, name, value, place)
            self._index.add_terms(text_terms(value) if name == LINE else [term])
