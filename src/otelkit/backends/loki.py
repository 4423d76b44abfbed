"""Logs read back over Loki's HTTP API: Loki itself, or otelkit's viewer.

Loki gives structured metadata (trace_id, severity_text, attributes) among the labels of a stream.
Source: https://grafana.com/docs/loki/latest/reference/loki-http-api/#query-logs-within-a-range-of-time
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from otelkit.backends.json_api import JsonApi
from otelkit.backends.values import LogLine
from otelkit.traces.waiting import wait_for

ANY_SERVICE = '{service_name=~".+"}'
_SINCE_SECONDS = 3600.0
_LIMIT = 1000


class LokiClient:
    """Queries one backend. Errors are `BackendError`. Times are seconds since the Unix epoch."""

    def __init__(
        self, address: str, headers: Mapping[str, str] | None = None, *, request_timeout_seconds: float = 10.0
    ) -> None:
        self._api = JsonApi(address, headers, request_timeout_seconds)

    def query_range(
        self,
        expression: str,
        start_seconds: float | None = None,
        end_seconds: float | None = None,
        *,
        limit: int = _LIMIT,
        step_seconds: float | None = None,
    ) -> dict[str, Any]:
        """Give the raw answer to any LogQL, by default of the last hour: `resultType` and `result`."""
        end = time.time() if end_seconds is None else end_seconds
        start = end - _SINCE_SECONDS if start_seconds is None else start_seconds
        bounds = {"start": int(start * 1e9), "end": int(end * 1e9), "step": step_seconds}
        data: dict[str, Any] = self._api.data(
            "/loki/api/v1/query_range", {"query": expression, "limit": limit, **bounds}
        )
        return data

    def lines(
        self, expression: str, since_seconds: float = _SINCE_SECONDS, limit: int = _LIMIT
    ) -> list[LogLine]:
        """Give the records that a LogQL log query selects, oldest first."""
        data = self.query_range(expression, time.time() - since_seconds, limit=limit)
        if data["resultType"] != "streams":
            raise ValueError(f"{expression!r} gives numbers, not lines: ask with query_range")
        found = [
            LogLine(int(entry[0]), entry[1], stream["stream"])
            for stream in data["result"]
            for entry in stream["values"]
        ]
        return sorted(found, key=lambda line: line.time_nanos)

    def of_trace(self, trace_id: str, since_seconds: float = _SINCE_SECONDS) -> list[LogLine]:
        """Give the records written in one trace, oldest first."""
        return self.lines(f"{ANY_SERVICE} | trace_id={_quoted(trace_id)}", since_seconds)

    def find(
        self, service: str, text: str = "", since_seconds: float = _SINCE_SECONDS, limit: int = _LIMIT
    ) -> list[LogLine]:
        """Give the records of one service that have `text` in their body, oldest first."""
        filtered = f" |= {_quoted(text)}" if text else ""
        return self.lines(f"{{service_name={_quoted(service)}}}{filtered}", since_seconds, limit)

    def wait_for_trace(
        self,
        trace_id: str,
        timeout_seconds: float = 10.0,
        until: Callable[[list[LogLine]], bool] = bool,
    ) -> list[LogLine]:
        """Ask for the records of a trace until `until` holds; by default until there is one.

        Raises NotSeenError.
        """
        what = f"logs of trace {trace_id} at {self._api.address}"
        return wait_for(lambda: self.of_trace(trace_id), until, timeout_seconds, what)

    def wait_for_lines(
        self,
        expression: str,
        timeout_seconds: float = 10.0,
        until: Callable[[list[LogLine]], bool] = bool,
    ) -> list[LogLine]:
        """Ask until `until` holds; by default until there is one. Raises NotSeenError."""
        what = f"{expression} at {self._api.address}"
        return wait_for(lambda: self.lines(expression), until, timeout_seconds, what)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # LogQL's strings are Go's, of which JSON's are a part
