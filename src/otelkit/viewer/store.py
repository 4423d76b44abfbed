"""Writes export requests into the tables, row by row, so that a large one needs no second copy.

A span is known by its trace id and span id: the same one again replaces the first,
so that a sender may offer a batch twice (at-least-once delivery).
"""

import hashlib
import sqlite3

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from otelkit.signals import ExportRequest
from otelkit.viewer import rows

_ERROR = 2  # STATUS_CODE_ERROR

_ADD_ORIGIN = """INSERT INTO origins (digest, body, arrival) VALUES (?, ?, ?)
ON CONFLICT (digest) DO UPDATE SET arrival = excluded.arrival RETURNING id"""
_TAKE_SPAN = "DELETE FROM spans WHERE trace_id = ? AND span_id = ? RETURNING status"
_ADD_SPAN = "INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_LINK = "INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?)"
_ADD_LOG = "INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?)"
_ADD_METRIC = "INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?, ?)"
_ADD_TO_TRACE = """INSERT INTO traces VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (trace_id) DO UPDATE SET
    root_service = coalesce(excluded.root_service, root_service),
    root_name = coalesce(excluded.root_name, root_name),
    start_nanos = min(start_nanos, excluded.start_nanos),
    end_nanos = max(end_nanos, excluded.end_nanos),
    span_count = span_count + excluded.span_count,
    error_count = error_count + excluded.error_count,
    arrival = excluded.arrival"""


class Store:
    """Writes within a transaction that the caller begins and ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._arrival = self._last_arrival()

    def begin(self) -> None:
        """Begin the next transaction, and with it the next arrival number."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._arrival += 1

    def add(self, request: ExportRequest) -> int:
        """Write one request; returns how many of its spans were left out for an invalid id."""
        if isinstance(request, ExportTraceServiceRequest):
            return sum(self._add_resource_spans(group) for group in request.resource_spans)
        if isinstance(request, ExportLogsServiceRequest):
            self._add_logs(request)
        else:
            self._add_metrics(request)
        return 0

    def _add_resource_spans(self, group: ResourceSpans) -> int:
        bare = ResourceSpans(resource=group.resource, schema_url=group.schema_url)
        resource = self._origin(bare)
        service = rows.service_name(group.resource.attributes)
        rejected = 0
        for scoped in group.scope_spans:
            scope = self._origin(ScopeSpans(scope=scoped.scope, schema_url=scoped.schema_url))
            for span in scoped.spans:
                if rows.has_valid_ids(span):
                    self._add_span(span, resource, scope, service)
                else:
                    rejected += 1
        return rejected

    def _origin(self, bare: Message) -> int:
        body = bare.SerializeToString(deterministic=True)
        digest = hashlib.blake2b(body, digest_size=16).digest()
        found: int = self._connection.execute(_ADD_ORIGIN, (digest, body, self._arrival)).fetchone()[0]
        return found

    def _add_span(self, span: Span, resource: int, scope: int, service: str) -> None:
        columns = rows.span_columns(span)
        before = self._connection.execute(_TAKE_SPAN, (span.trace_id, span.span_id)).fetchall()
        self._connection.execute(_ADD_SPAN, (span.trace_id, span.span_id, resource, scope, service, *columns))
        for link in span.links:
            ids = (link.trace_id, link.span_id, span.trace_id, span.span_id)
            self._connection.execute(_ADD_LINK, ids)
        root = (service, columns.name) if rows.is_root(span) else (None, None)
        errors = (columns.status == _ERROR) - sum(status == _ERROR for (status,) in before)
        times = (columns.start_nanos, max(columns.start_nanos, columns.end_nanos))
        self._connection.execute(
            _ADD_TO_TRACE, (span.trace_id, *root, *times, 1 - len(before), errors, self._arrival)
        )

    def _add_logs(self, request: ExportLogsServiceRequest) -> None:
        for group in request.resource_logs:
            service = rows.service_name(group.resource.attributes)
            for record in (record for scoped in group.scope_logs for record in scoped.log_records):
                ids = (record.trace_id, record.span_id)
                found = (service, record.severity_number, rows.log_time(record), record.SerializeToString())
                self._connection.execute(_ADD_LOG, (*ids, *found, self._arrival))

    def _add_metrics(self, request: ExportMetricsServiceRequest) -> None:
        for group in request.resource_metrics:
            service = rows.service_name(group.resource.attributes)
            for metric in (metric for scoped in group.scope_metrics for metric in scoped.metrics):
                names = (service, rows.column_text(metric.name), rows.column_text(metric.unit))
                body = metric.SerializeToString()
                self._connection.execute(
                    _ADD_METRIC, (*names, *rows.metric_kind(metric), body, self._arrival)
                )

    def _last_arrival(self) -> int:
        found: int = self._connection.execute(
            "SELECT max(coalesce((SELECT max(arrival) FROM traces), 0),"
            " coalesce((SELECT max(arrival) FROM logs), 0), coalesce((SELECT max(arrival) FROM metrics), 0))"
        ).fetchone()[0]
        return found
