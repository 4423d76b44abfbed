"""Writes export requests into the tables, row by row, so that a large one needs no second copy."""

import sqlite3

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otelkit.signals import ExportRequest
from otelkit.viewer.log_store import LogStore
from otelkit.viewer.metric_store import MetricStore
from otelkit.viewer.origins import Origins
from otelkit.viewer.span_store import SpanStore

_LAST_ARRIVAL = """SELECT max(arrival) FROM (SELECT max(arrival) AS arrival FROM traces
    UNION ALL SELECT max(arrival) FROM logs UNION ALL SELECT max(arrival) FROM metrics)"""


class Store:
    """Begins and ends transactions, and writes within them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._arrival: int = connection.execute(_LAST_ARRIVAL).fetchone()[0] or 0
        self._prepare()

    def begin(self) -> None:
        """Begin the next transaction, and with it the next arrival number."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._arrival += 1
        self._origins.clear()

    def add(self, request: ExportRequest) -> int:
        """Write one request; returns how many of its spans were left out for an invalid id."""
        if isinstance(request, ExportTraceServiceRequest):
            return sum(self._spans.add(group, self._arrival) for group in request.resource_spans)
        if isinstance(request, ExportLogsServiceRequest):
            for logs in request.resource_logs:
                self._logs.add(logs, self._arrival)
        else:
            for metrics in request.resource_metrics:
                self._metrics.add(metrics, self._arrival)
        return 0

    def commit(self) -> None:
        """Make all of the transaction last."""
        self._spans.finish(self._arrival)
        self._logs.finish()
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Leave the file as a reader finds it quickest; raises sqlite3.Error when that cannot be written."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._spans.seal()
        self._logs.seal()
        self._connection.execute("COMMIT")

    def roll_back(self) -> None:
        """Undo the transaction, and forget what was known of it."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._prepare()

    def _prepare(self) -> None:
        self._origins = Origins(self._connection)
        self._spans = SpanStore(self._connection, self._origins)
        self._logs = LogStore(self._connection, self._origins)
        self._metrics = MetricStore(self._connection, self._origins)
