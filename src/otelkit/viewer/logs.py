"""Searches log records for pages: by service, severity, text, trace and attribute; newest first."""

import sqlite3
from dataclasses import dataclass

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from otelkit.viewer.label_names import label_name
from otelkit.viewer.log_labels import line_of, record_labels, resource_labels
from otelkit.viewer.log_scan import UNBOUNDED, FoundLog, LogScan
from otelkit.viewer.log_store import LONG_TEXT, label_term, resource_term, text_terms
from otelkit.viewer.records import MOST_LOGS, Log, log_of


@dataclass(frozen=True)
class LogSearch:
    """Empty fields do not narrow; `after` is the number of the last record that is known already.

    `text` may stand anywhere in the body, in any case; `attribute` is a key and its value as text, of the
    record or of its resource.
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
        accepts=None,
        resources=_of_service(connection, search.service) if search.service else None,
        trace_id=search.trace_id,
        least_severity=search.least_severity,
        start_nanos=search.start_nanos,
        end_nanos=search.end_nanos,
        after=search.after,
        limit=search.limit,
    )
    services = service_of_resources(connection)
    found = _narrowed(connection, scan, search).rows(connection)
    return [log_of(log, services.get(log.resource, "")) for log in found]


def logs_of_trace(connection: sqlite3.Connection, trace_id: bytes) -> list[Log]:
    """The first logs of one trace, in order of their time."""
    services = service_of_resources(connection)
    scan = LogScan(trace_id=trace_id, limit=MOST_LOGS, forward=True)
    return [log_of(log, services.get(log.resource, "")) for log in scan.rows(connection)]


def service_of_resources(connection: sqlite3.Connection) -> dict[int, str]:
    """Service name by number of resource."""
    return dict(
        tuple(row) for row in connection.execute("SELECT id, service FROM origins WHERE service IS NOT NULL")
    )


def _of_service(connection: sqlite3.Connection, service: str) -> list[int]:
    return [row[0] for row in connection.execute("SELECT id FROM origins WHERE service = ?", (service,))]


def _narrowed(connection: sqlite3.Connection, scan: LogScan, search: LogSearch) -> LogScan:
    name, value = label_name(search.attribute[0]), search.attribute[1]
    wanted = search.text.lower()
    if not name and not wanted:
        return scan
    with_label = frozenset(_with_label(connection, name, value)) if name else frozenset()
    terms = [[term, LONG_TEXT] for term in text_terms(wanted)]
    if name:
        terms.append([label_term(name, value), *(resource_term(number) for number in with_label)])

    def accepts(log: FoundLog) -> bool:
        if wanted and wanted not in line_of(log.record).lower():
            return False
        return not name or log.resource in with_label or record_labels(log.record).get(name) == value

    return LogScan(**{**vars(scan), "accepts": accepts, "terms": terms})


def _with_label(connection: sqlite3.Connection, name: str, value: str) -> list[int]:
    found = []
    for number, body in connection.execute("SELECT id, body FROM origins WHERE service IS NOT NULL"):
        stream, metadata = resource_labels(ResourceSpans.FromString(body).resource.attributes)
        if {**metadata, **stream}.get(name) == value:
            found.append(number)
    return found
