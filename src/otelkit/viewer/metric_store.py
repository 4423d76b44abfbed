"""Writes metrics: one row for each message, under the family that its service, name, kind and unit make."""

import sqlite3

from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric, ResourceMetrics

from otelkit.viewer import rows
from otelkit.viewer.origins import Origins
from otelkit.viewer.points import data_points_of

_ADD_FAMILY = """INSERT INTO families (service, name, kind, unit, points) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET points = points + excluded.points RETURNING id"""
_ADD_METRIC = """INSERT INTO metrics (family, time_nanos, resource, scope, points, arrival, body)
VALUES (?, ?, ?, ?, ?, ?, ?)"""


class MetricStore:
    """Writes within a transaction that the caller begins and ends."""

    def __init__(self, connection: sqlite3.Connection, origins: Origins) -> None:
        self._connection = connection
        self._origins = origins

    def add(self, group: ResourceMetrics, arrival: int) -> None:
        """Write metrics of one resource."""
        resource, service = self._origins.resource(group.resource, group.schema_url, arrival)
        for scoped in group.scope_metrics:
            scope = self._origins.scope(scoped.scope, scoped.schema_url, arrival)
            for metric in scoped.metrics:
                kind, points = rows.metric_kind(metric)
                names = (service, rows.column_text(metric.name), kind, rows.column_text(metric.unit))
                family = self._connection.execute(_ADD_FAMILY, (*names, points)).fetchone()[0]
                row = (family, _latest(metric), resource, scope, points, arrival, metric.SerializeToString())
                self._connection.execute(_ADD_METRIC, row)


def _latest(metric: Metric) -> int:
    return rows.column_integer(max((point.time_unix_nano for point in data_points_of(metric)), default=0))
