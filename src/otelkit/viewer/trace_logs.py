"""The first log records of one trace, in order of time."""

import sqlite3

from otelkit.viewer.logs import LogSearch, find_logs
from otelkit.viewer.records import Log

MOST_LOGS = 200


def logs_of_trace(connection: sqlite3.Connection, trace_id: bytes) -> list[Log]:
    """At most two hundred, the earliest first."""
    return find_logs(connection, LogSearch(trace_id=trace_id, limit=MOST_LOGS))[::-1]
