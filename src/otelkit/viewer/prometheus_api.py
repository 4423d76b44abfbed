"""Prometheus' query API below Mimir's prefix, as far as tests and Grafana-like clients use it.

Written after https://prometheus.io/docs/prometheus/latest/querying/api/. Queries are single selectors; names
and labels are those that Mimir gives to metrics that came by OTLP.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from otelkit.viewer.api_route import Answer, Parameters, api_routes
from otelkit.viewer.log_labels import Labels
from otelkit.viewer.metric_labels import NAME
from otelkit.viewer.metric_series import metric_names_of, select_series
from otelkit.viewer.prometheus_answers import LOOKBACK_NANOS, exemplars_between, values_at
from otelkit.viewer.prometheus_times import moment, steps, whole_range
from otelkit.viewer.promql import parse_selector

_MOST_VALUES = 1_000_000
_ERROR_TYPES = {400: "bad_data", 404: "not_found", 503: "timeout"}


def prometheus_routes(database: Path) -> list[Route]:
    """`query`, `query_range`, `query_exemplars`, `series`, `labels` and the values of one."""
    answers: dict[str, Answer] = {
        "query": _query,
        "query_range": _query_range,
        "query_exemplars": _query_exemplars,
        "series": _series,
        "labels": _labels,
        "label/{name}/values": _values,
    }
    return api_routes(database, "/prometheus/api/v1/", answers)


def prometheus_failure(status: int, message: str) -> Response:
    """An error in Prometheus' form."""
    kind = _ERROR_TYPES.get(status, "internal")
    return JSONResponse({"status": "error", "errorType": kind, "error": message}, status)


def _query(connection: sqlite3.Connection, parameters: QueryParams, _: Parameters) -> object:
    matchers, at = parse_selector(parameters.get("query", "")), moment(parameters, "time")
    found = select_series(connection, matchers, (at - LOOKBACK_NANOS + 1, at))
    result = [
        {"metric": each.labels, "value": pairs[0]} for each in found if (pairs := values_at(each, [at]))
    ]
    return {"resultType": "vector", "result": result}


def _query_range(connection: sqlite3.Connection, parameters: QueryParams, _: Parameters) -> object:
    matchers, times = parse_selector(parameters.get("query", "")), steps(parameters)
    found = select_series(connection, matchers, (times[0] - LOOKBACK_NANOS + 1, times[-1]))
    if len(found) * len(times) > _MOST_VALUES:
        raise ValueError(f"the answer would have more than {_MOST_VALUES:,} values: take larger steps")
    result = [{"metric": each.labels, "values": pairs} for each in found if (pairs := values_at(each, times))]
    return {"resultType": "matrix", "result": result}


def _query_exemplars(connection: sqlite3.Connection, parameters: QueryParams, _: Parameters) -> object:
    matchers, times = parse_selector(parameters.get("query", "")), whole_range(parameters)
    found = select_series(connection, matchers, times)
    return [exemplars_between(each, times) for each in found if each.exemplars]


def _series(connection: sqlite3.Connection, parameters: QueryParams, _: Parameters) -> object:
    if not parameters.getlist("match[]"):
        raise ValueError("no match[] parameter provided")
    return list(_label_sets(connection, parameters))


def _labels(connection: sqlite3.Connection, parameters: QueryParams, _: Parameters) -> object:
    return sorted({name for found in _label_sets(connection, parameters) for name in found})


def _values(connection: sqlite3.Connection, parameters: QueryParams, path: Parameters) -> object:
    name = path["name"]
    if name == NAME and not parameters.getlist("match[]"):
        return metric_names_of(connection)
    return sorted({found[name] for found in _label_sets(connection, parameters) if name in found})


def _label_sets(connection: sqlite3.Connection, parameters: QueryParams) -> Iterator[Labels]:
    """Labels of the series that each `match[]` selects, or of all."""
    times = whole_range(parameters)
    for matchers in [parse_selector(text) for text in parameters.getlist("match[]")] or [[]]:
        for found in select_series(connection, matchers, times, latest=True):
            yield found.labels
