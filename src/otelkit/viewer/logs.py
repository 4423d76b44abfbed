"""Searches log records for pages: by service, severity, text, trace and attribute; newest first."""

import sqlite3
from dataclasses import dataclass

from otelkit.viewer.label_names import label_name
from otelkit.viewer.log_labels import LINE
from otelkit.viewer.log_scan import LogScan
from otelkit.viewer.log_tests import LogTest
from otelkit.viewer.records import MOST_LOGS, Log, log_of
from otelkit.viewer.time_range import UNBOUNDED


@dataclass(frozen=True)
class LogSearch:
    """Empty fields do not narrow; `after` is the number of the last record that is known already.

    `text` may stand anywhere in the first 2,048 characters of the body, in any case; `attribute` is a key and
    its value as text, of the record or of its resource.
    """

    service: str = ""
    least_severity: int = 0
    text: str = ""
    trace_id: bytes = b""
    attribute: tuple[str, str] = ("", "")
    start_nanos: int = 0
    end_nanos: int = UNBOUNDED
    after: int = 0
    limit: int = 200


def find_logs(connection: sqlite3.Connection, search: LogSearch) -> list[Log]:
    """Records that fulfil all, the latest first."""
    scan = LogScan(
        tests=_tests(search),
        resources=_of_service(connection, search.service) if search.service else None,
        trace_id=search.trace_id,
        least_severity=search.least_severity,
        start_nanos=search.start_nanos,
        end_nanos=search.end_nanos,
        after=search.after,
        limit=search.limit,
    )
    services = service_of_resources(connection)
    return [log_of(log, services.get(log.resource, "")) for log in scan.rows(connection)]


def logs_of_trace(connection: sqlite3.Connection, trace_id: bytes, span_id: str = "") -> list[Log]:
    """The first logs of one trace, or of one of its spans, in order of their time."""
    tests = [_equals("span_id", span_id)] if span_id else []
    services = service_of_resources(connection)
    scan = LogScan(tests, trace_id=trace_id, limit=MOST_LOGS, forward=True)
    return [log_of(log, services.get(log.resource, "")) for log in scan.rows(connection)]


def service_of_resources(connection: sqlite3.Connection) -> dict[int, str]:
    """Service name by number of resource."""
    return dict(
        tuple(row) for row in connection.execute("SELECT id, service FROM origins WHERE service IS NOT NULL")
    )


def _of_service(connection: sqlite3.Connection, service: str) -> list[int]:
    return [row[0] for row in connection.execute("SELECT id FROM origins WHERE service = ?", (service,))]


def _tests(search: LogSearch) -> list[LogTest]:
    tests = []
    name, value = label_name(search.attribute[0]), search.attribute[1]
    if name:
        tests.append(_equals(name, value))
    if text := search.text.lower():
        tests.append(LogTest(LINE, lambda line: text in line.lower(), contains=text))
    return tests


def _equals(name: str, value: str) -> LogTest:
    return LogTest(name, lambda text: text == value, equals=value)
