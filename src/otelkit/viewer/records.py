"""Log records and metrics as the pages list them."""

import sqlite3
from dataclasses import dataclass

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from otelkit.traces.attributes import attributes_of, value_of
from otelkit.traces.span import Attributes
from otelkit.viewer.display import show_value

MOST_LOGS = 200
_MOST_METRICS = 500
_SEVERITIES = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_NUMBERS_A_SEVERITY = 4


@dataclass(frozen=True)
class Log:
    """One log record; ids are hex, empty when it belongs to no span."""

    time_nanos: int
    service: str
    severity: str
    body: str
    trace_id: str
    span_id: str
    attributes: Attributes


def logs_of_trace(connection: sqlite3.Connection, trace_id: bytes) -> list[Log]:
    """The first logs of one trace."""
    sql = "SELECT * FROM logs WHERE trace_id = ? ORDER BY time_nanos, rowid LIMIT ?"
    return [_log(row) for row in connection.execute(sql, (trace_id, MOST_LOGS))]


def latest_logs(connection: sqlite3.Connection, text_service: str) -> list[Log]:
    """The logs that arrived last, of one service or of all."""
    sql = "SELECT * FROM logs WHERE ? IN ('', service) ORDER BY arrival DESC, rowid DESC LIMIT ?"
    return [_log(row) for row in connection.execute(sql, (text_service, MOST_LOGS))]


def metric_counts(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """Each metric of each service: its kind, its unit and how many points of it are kept."""
    sql = """SELECT service, name, kind, unit, sum(points) AS points FROM metrics
        GROUP BY service, name, kind, unit ORDER BY service, name LIMIT ?"""
    return connection.execute(sql, (_MOST_METRICS,)).fetchall()


def _log(row: sqlite3.Row) -> Log:
    record = LogRecord.FromString(row["body"])
    return Log(
        time_nanos=row["time_nanos"],
        service=row["service"],
        severity=_severity(row["severity"]),
        body=show_value(value_of(record.body)),
        trace_id=record.trace_id.hex(),
        span_id=record.span_id.hex(),
        attributes=attributes_of(record.attributes),
    )


def _severity(number: int) -> str:
    """Name of the range that a severity number lies in (logs data model)."""
    place = (number - 1) // _NUMBERS_A_SEVERITY
    return _SEVERITIES[place] if number > 0 and place < len(_SEVERITIES) else "UNSET"
