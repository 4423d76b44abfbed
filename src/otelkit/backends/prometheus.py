"""Metrics read back over Prometheus' HTTP API: Mimir, Prometheus itself, or otelkit's viewer.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from otelkit.backends.json_api import JsonApi
from otelkit.backends.values import Exemplar, Sample, Series
from otelkit.traces.waiting import wait_for

_EXEMPLARS_SINCE_SECONDS = 3600.0


class PrometheusClient:
    """Queries one backend; `address` includes the prefix, if any. Errors are `BackendError`.

    Times are seconds since the Unix epoch.
    """

    def __init__(
        self, address: str, headers: Mapping[str, str] | None = None, *, request_timeout_seconds: float = 10.0
    ) -> None:
        self._api = JsonApi(address, headers, request_timeout_seconds)

    def query(self, expression: str, time_seconds: float | None = None) -> list[Sample]:
        """Evaluate an expression at one moment, by default now; a scalar is one sample without labels."""
        data = self._api.data("/api/v1/query", {"query": expression, "time": time_seconds})
        match data["resultType"]:
            case "vector":
                return [_sample(row["metric"], row["value"]) for row in data["result"]]
            case "scalar":
                return [_sample({}, data["result"])]
            case other:
                raise ValueError(f"{expression!r} gives a {other}: ask for a range with query_range")

    def query_range(
        self, expression: str, start_seconds: float, end_seconds: float, step_seconds: float = 15.0
    ) -> list[Series]:
        """Evaluate an expression at every step from start to end."""
        bounds = {"start": start_seconds, "end": end_seconds, "step": step_seconds}
        data = self._api.data("/api/v1/query_range", {"query": expression, **bounds})
        return [
            Series(row["metric"], tuple((float(at), float(value)) for at, value in row["values"]))
            for row in data["result"]
        ]

    def exemplars(
        self, expression: str, start_seconds: float | None = None, end_seconds: float | None = None
    ) -> list[Exemplar]:
        """Find the exemplars of the series that an expression selects, by default of the last hour."""
        end = time.time() if end_seconds is None else end_seconds
        start = end - _EXEMPLARS_SINCE_SECONDS if start_seconds is None else start_seconds
        data = self._api.data("/api/v1/query_exemplars", {"query": expression, "start": start, "end": end})
        return [_exemplar(row["seriesLabels"], one) for row in data for one in row["exemplars"]]

    def label_values(self, name: str, match: str = "") -> list[str]:
        """List the values that a label has (`__name__`: the metrics), of the series that `match` selects."""
        values: Sequence[str] = self._api.data(f"/api/v1/label/{name}/values", {"match[]": match})
        return list(values)

    def label_names(self, match: str = "") -> list[str]:
        """List the labels that the series have which `match` selects."""
        names: Sequence[str] = self._api.data("/api/v1/labels", {"match[]": match})
        return list(names)

    def wait_for_samples(
        self,
        expression: str,
        timeout_seconds: float = 10.0,
        until: Callable[[list[Sample]], bool] = bool,
    ) -> list[Sample]:
        """Ask until `until` holds; by default until there is one. Raises NotSeenError."""
        return wait_for(lambda: self.query(expression), until, timeout_seconds, self._what(expression))

    def wait_for_exemplars(
        self,
        expression: str,
        timeout_seconds: float = 10.0,
        until: Callable[[list[Exemplar]], bool] = bool,
    ) -> list[Exemplar]:
        """Ask until `until` holds; by default until there is one. Raises NotSeenError."""
        what = self._what(f"exemplars of {expression}")
        return wait_for(lambda: self.exemplars(expression), until, timeout_seconds, what)

    def _what(self, asked: str) -> str:
        return f"{asked} at {self._api.address}"


def _sample(labels: Mapping[str, str], pair: Sequence[Any]) -> Sample:
    return Sample(labels, float(pair[0]), float(pair[1]))


def _exemplar(series: Mapping[str, str], row: Mapping[str, Any]) -> Exemplar:
    labels = row["labels"]
    return Exemplar(
        series,
        trace_id=labels.get("trace_id", ""),
        span_id=labels.get("span_id", ""),
        time_seconds=float(row["timestamp"]),
        value=float(row["value"]),
    )
