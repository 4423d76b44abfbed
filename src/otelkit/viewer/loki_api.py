"""Loki's query API, as far as tests and Grafana-like clients use it.

Written after https://grafana.com/docs/loki/latest/reference/loki-http-api/. Structured metadata is joined to
the labels of a stream, as Loki does for clients that do not ask for categories.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from starlette.routing import Route

from otelkit.viewer.api_route import Answer, Parameters, api_routes
from otelkit.viewer.blocks import FILTER_BYTES, Kind, blocks_between
from otelkit.viewer.found_logs import FoundLog
from otelkit.viewer.log_labels import Labels, line_of, record_labels
from otelkit.viewer.log_origins import Scopes, resources_of
from otelkit.viewer.log_scan import LogScan
from otelkit.viewer.log_store import resource_term
from otelkit.viewer.logql import parse_logql
from otelkit.viewer.loki_times import is_forward, line_limit, time_range
from otelkit.viewer.term_filter import may_hold, places_of

_INSTANT = (
    "log queries are not supported as an instant query type, please change your query to a range query type"
)


def loki_routes(database: Path) -> list[Route]:
    """`query_range`, `query`, `labels` and the values of one, below `/loki/api/v1`."""
    answers: dict[str, Answer] = {
        "query_range": _query_range,
        "query": _query,
        "labels": _labels,
        "label/{name}/values": _values,
    }
    return api_routes(database, "/loki/api/v1/", answers)


def _query_range(connection: sqlite3.Connection, parameters: Parameters, _: Parameters) -> object:
    return {"resultType": "streams", "result": _lines(connection, parameters), "stats": {}}


def _query(_: sqlite3.Connection, parameters: Parameters, __: Parameters) -> object:
    parse_logql(parameters.get("query", ""))
    raise ValueError(_INSTANT)


def _labels(connection: sqlite3.Connection, parameters: Parameters, _: Parameters) -> object:
    return sorted({name for stream in _streams(connection, parameters) for name in stream})


def _values(connection: sqlite3.Connection, parameters: Parameters, path: Parameters) -> object:
    streams = _streams(connection, parameters)
    return sorted({stream[path["name"]] for stream in streams if path["name"] in stream})


def _lines(connection: sqlite3.Connection, parameters: Parameters) -> list[dict[str, object]]:
    query = parse_logql(parameters.get("query", ""))
    resources = resources_of(connection)
    wanted = [
        number
        for number, (stream, _) in resources.items()
        if all(each.accepts(stream.get(each.name, "")) for each in query.streams)
    ]
    start, end = time_range(parameters)
    limit, forward = line_limit(parameters), is_forward(parameters)
    scan = LogScan(query.tests, wanted, start_nanos=start, end_nanos=end, limit=limit, forward=forward)
    found: dict[tuple[tuple[str, str], ...], list[list[str]]] = {}
    scopes = Scopes(connection)
    for log in scan.rows(connection):
        stream, metadata = resources[log.resource]
        labels = {**scopes[log.scope], **record_labels(log.record), **metadata, **_observed(log), **stream}
        found.setdefault(tuple(sorted(labels.items())), []).append([str(log.time_nanos), line_of(log.record)])
    return [{"stream": dict(labels), "values": lines} for labels, lines in found.items()]


def _observed(log: FoundLog) -> Labels:
    record = log.record
    both = record.time_unix_nano and record.observed_time_unix_nano
    return {"observed_timestamp": str(record.observed_time_unix_nano)} if both else {}


def _streams(connection: sqlite3.Connection, parameters: Parameters) -> Iterator[Labels]:
    """Labels of the streams that blocks in the time range have records of."""
    size = FILTER_BYTES[Kind.LOGS]
    resources = resources_of(connection)
    left = {number: places_of(resource_term(number), size) for number in resources}
    for block in blocks_between(connection, Kind.LOGS, *time_range(parameters)):
        for number in [number for number, places in left.items() if may_hold(block.filter, places)]:
            del left[number]
            yield resources[number][0]
        if not left:
            return
