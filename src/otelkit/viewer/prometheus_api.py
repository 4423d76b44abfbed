"""Prometheus' query API below Mimir's prefix, as far as tests and Grafana-like clients use it.

Written after https://prometheus.io/docs/prometheus/latest/querying/api/. Queries are single selectors; names
and labels are those that Mimir gives to metrics that came by OTLP.
"""

import bisect
import math
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from otelkit.viewer.api_route import Parameters, api_route
from otelkit.viewer.database import reading
from otelkit.viewer.log_labels import Labels
from otelkit.viewer.metric_samples import plain_number
from otelkit.viewer.metric_series import NAME, LabelledSeries, metric_names_of, select_series
from otelkit.viewer.points import Exemplar
from otelkit.viewer.prometheus_times import moment, steps, whole_range
from otelkit.viewer.promql import parse_selector

_LOOKBACK_NANOS = 5 * 60 * 10**9
_MOST_EXEMPLARS = 1_000
_ERROR_TYPES = {400: "bad_data", 404: "not_found", 503: "timeout"}


def prometheus_routes(database: Path) -> list[Route]:
    """`query`, `query_range`, `query_exemplars`, `series`, `labels` and the values of one."""

    def query(parameters: QueryParams, _: Parameters) -> object:
        matchers, at = parse_selector(parameters.get("query", "")), moment(parameters, "time")
        with reading(database) as connection:
            found = select_series(connection, matchers, (at - _LOOKBACK_NANOS + 1, at))
        result = [{"metric": each.labels, "value": pairs[0]} for each in found if (pairs := _at(each, [at]))]
        return {"resultType": "vector", "result": result}

    def query_range(parameters: QueryParams, _: Parameters) -> object:
        matchers, times = parse_selector(parameters.get("query", "")), steps(parameters)
        with reading(database) as connection:
            found = select_series(connection, matchers, (times[0] - _LOOKBACK_NANOS + 1, times[-1]))
        result = [{"metric": each.labels, "values": pairs} for each in found if (pairs := _at(each, times))]
        return {"resultType": "matrix", "result": result}

    def query_exemplars(parameters: QueryParams, _: Parameters) -> object:
        matchers, times = parse_selector(parameters.get("query", "")), whole_range(parameters)
        with reading(database) as connection:
            found = select_series(connection, matchers, times)
        return [_exemplars(each, times) for each in found if each.exemplars]

    def series(parameters: QueryParams, _: Parameters) -> object:
        if not parameters.getlist("match[]"):
            raise ValueError("no match[] parameter provided")
        with reading(database) as connection:
            return list(_label_sets(connection, parameters))

    def labels(parameters: QueryParams, _: Parameters) -> object:
        with reading(database) as connection:
            return sorted({name for found in _label_sets(connection, parameters) for name in found})

    def values(parameters: QueryParams, path: Parameters) -> object:
        name = path["name"]
        with reading(database) as connection:
            if name == NAME and not parameters.getlist("match[]"):
                return metric_names_of(connection)
            return sorted({found[name] for found in _label_sets(connection, parameters) if name in found})

    calls = {
        "query": query,
        "query_range": query_range,
        "query_exemplars": query_exemplars,
        "series": series,
        "labels": labels,
        "label/{name}/values": values,
    }
    return [api_route(f"/prometheus/api/v1/{path}", call) for path, call in calls.items()]


def prometheus_failure(status: int, message: str) -> Response:
    """An error in Prometheus' form."""
    kind = _ERROR_TYPES.get(status, "internal")
    return JSONResponse({"status": "error", "errorType": kind, "error": message}, status)


def _at(series: LabelledSeries, times: "list[int] | range") -> list[tuple[float, str]]:
    """The last value before each time, unless it is older than five minutes or says that there is none."""
    moments = [time for time, _ in series.samples]
    found = []
    for time in times:
        place = bisect.bisect_right(moments, time) - 1
        if (
            place >= 0
            and moments[place] > time - _LOOKBACK_NANOS
            and not math.isnan(series.samples[place][1])
        ):
            found.append((time / 10**9, plain_number(series.samples[place][1])))
    return found


def _exemplars(series: LabelledSeries, times: tuple[int, int]) -> dict[str, object]:
    within = sorted({each for each in series.exemplars if times[0] <= each.time_nanos <= times[1]}, key=_time)
    found = [
        {
            "labels": {"trace_id": each.trace_id, "span_id": each.span_id},
            "value": plain_number(each.value),
            "timestamp": each.time_nanos // 10**6 / 1_000,
        }
        for each in within[-_MOST_EXEMPLARS:]
    ]
    return {"seriesLabels": series.labels, "exemplars": found}


def _time(exemplar: Exemplar) -> int:
    return exemplar.time_nanos


def _label_sets(connection: sqlite3.Connection, parameters: QueryParams) -> Iterator[Labels]:
    """Labels of the series that each `match[]` selects, or of all."""
    times = whole_range(parameters)
    for matchers in [parse_selector(text) for text in parameters.getlist("match[]")] or [[]]:
        for found in select_series(connection, matchers, times, latest=True):
            yield found.labels
