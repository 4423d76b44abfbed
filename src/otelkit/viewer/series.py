"""Metrics for charts: which there are, and the points of one, series by series.

Of a long range not every message is read: at most `_MOST_MESSAGES`, of many points fewer, evenly chosen.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from otelkit.traces.attributes import AttributeValue, attributes_of
from otelkit.viewer.points import Exemplar, Point, data_points_of, exemplars_of, point_of, temporality_of

_MOST_METRICS = 500
_MOST_MESSAGES, _FEWEST_MESSAGES = 600, 60
_MOST_POINTS = 6_000
_MOST_SERIES = 200
_MOST_EXEMPLARS = 100
_FAMILIES = "SELECT service, name, kind, unit, points FROM families ORDER BY service, name LIMIT ?"
_MESSAGES = """SELECT m.resource, m.points, m.body FROM metrics m JOIN families f ON f.id = m.family
WHERE f.service = ? AND f.name = ? AND m.time_nanos BETWEEN ? AND ?"""


@dataclass
class Series:
    """Points of one set of attributes in order of time; `temporality` is delta, cumulative or empty."""

    attributes: Mapping[str, AttributeValue]
    kind: str
    unit: str
    temporality: str
    monotonic: bool
    points: list[Point] = field(default_factory=list)
    exemplars: list[Exemplar] = field(default_factory=list)


def metric_names(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """Each metric of each service: service, name, kind, unit, and how many points of it are kept."""
    return connection.execute(_FAMILIES, (_MOST_METRICS,)).fetchall()


def read_series(
    connection: sqlite3.Connection, service: str, name: str, start_nanos: int, end_nanos: int
) -> list[Series]:
    """All series of a metric in a time range, in order of their attributes; bounded in number and length."""
    series: dict[tuple[int, str, str], Series] = {}
    for resource, metric in _messages(connection, (service, name, start_nanos, end_nanos)):
        for message in data_points_of(metric):
            attributes = attributes_of(message.attributes)
            key = (resource, metric.WhichOneof("data") or "", repr(sorted(attributes.items())))
            if key in series or len(series) < _MOST_SERIES:
                one = series.setdefault(key, _begun(metric, attributes))
                one.points.append(point_of(message))
                one.exemplars += exemplars_of(message)
    for one in series.values():
        one.points.sort(key=lambda point: point.time_nanos)
        one.exemplars = one.exemplars[-_MOST_EXEMPLARS:]
    return [series[key] for key in sorted(series)]


def _begun(metric: Metric, attributes: Mapping[str, AttributeValue]) -> Series:
    return Series(
        attributes,
        metric.WhichOneof("data") or "",
        metric.unit,
        temporality_of(metric),
        metric.sum.is_monotonic,
    )


def _messages(
    connection: sqlite3.Connection, wanted: tuple[str, str, int, int]
) -> Iterator[tuple[int, Metric]]:
    # S608: built of constants
    size = f"SELECT count(*), coalesce(max(points), 0) FROM ({_MESSAGES})"  # noqa: S608
    count, points = connection.execute(size, wanted).fetchone()
    step = -(-count // min(_MOST_MESSAGES, max(_MOST_POINTS // max(points, 1), _FEWEST_MESSAGES)))
    sql = f"SELECT resource, body FROM (SELECT *, row_number() OVER () AS place FROM ({_MESSAGES}))"  # noqa: S608
    sql += " WHERE place % ? = 0"
    for resource, body in connection.execute(sql, (*wanted, max(step, 1))):
        yield resource, Metric.FromString(body)
