"""Traces read back from a backend that answers Tempo's HTTP API: Grafana Tempo, or otelkit's own viewer.

Source: https://grafana.com/docs/tempo/latest/api_docs/ (`/api/traces/{id}`, `/api/search`).
Tempo's protobuf answer has the same fields as OTLP's `TracesData`, so one decoder serves both.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from otelkit.traces.decode import spans_of
from otelkit.traces.fetch import Answer, Fetcher
from otelkit.traces.span import Span
from otelkit.traces.tree import render_tree
from otelkit.traces.waiting import NotSeenError, wait_for

_TRACE_ID = re.compile(r"[0-9a-f]{1,32}")


class TraceNotSeenError(NotSeenError):
    """A trace did not come, or not in the expected shape, before the deadline."""


@dataclass(frozen=True)
class TraceSummary:
    """One line of a search: `trace_id` has 32 hex digits, the start is nanoseconds since the epoch."""

    trace_id: str
    root_service_name: str
    root_name: str
    start_nanos: int
    duration_seconds: float


class TempoClient:
    """Queries one backend. Every request ends within `request_timeout_seconds`; errors are `BackendError`."""

    def __init__(
        self,
        base_url: str,
        *,
        request_timeout_seconds: float = 5.0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._fetch = Fetcher(base_url, request_timeout_seconds, headers)

    def trace(self, trace_id: str) -> list[Span]:
        """Spans of one trace; an empty list when the backend does not know it (yet).

        Raises ValueError for an id that is no hex number, BackendError when the backend does not answer well.
        """
        if not _TRACE_ID.fullmatch(trace_id.lower()):
            raise ValueError(f"{trace_id!r} is no trace id: expected up to 32 hex digits")
        answer = self._fetch(f"/api/traces/{trace_id.lower()}", accept="application/protobuf")
        return [] if answer.status == Answer.NOT_FOUND else _decoded(answer)

    def search(
        self,
        query: str = "",
        *,
        tags: str = "",
        limit: int = 20,
        start_seconds: int = 0,
        end_seconds: int = 0,
    ) -> list[TraceSummary]:
        """Traces found by a TraceQL `query` or by logfmt `tags`; times are seconds since the Unix epoch."""
        wanted = {"q": query, "tags": tags, "limit": limit, "start": start_seconds, "end": end_seconds}
        parameters = {name: str(value) for name, value in wanted.items() if value}
        answer = self._fetch("/api/search", accept="application/json", parameters=parameters)
        try:
            return [_summary_of(row) for row in json.loads(answer.body).get("traces") or []]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise answer.unreadable(error) from error

    def wait_for_trace(
        self,
        trace_id: str,
        timeout_seconds: float = 10.0,
        until: Callable[[list[Span]], bool] = bool,
    ) -> list[Span]:
        """Ask until `until` holds for the spans that came; by default until there is one.

        Raises TraceNotSeenError after `timeout_seconds`, with the tree or the error that came back last.
        """
        what = f"Trace {trace_id} at {self._fetch.base_url}"
        return wait_for(lambda: self.trace(trace_id), until, timeout_seconds, what, _shown, TraceNotSeenError)


def _shown(spans: list[Span]) -> str:
    return render_tree(spans) or "no spans"


def _decoded(answer: Answer) -> list[Span]:
    try:
        return spans_of(TracesData.FromString(answer.body).resource_spans)
    except DecodeError as error:
        raise answer.unreadable(error) from error


def _summary_of(row: dict[str, Any]) -> TraceSummary:
    return TraceSummary(
        trace_id=str(row["traceID"]).zfill(32),  # Tempo leaves leading zeros out
        root_service_name=str(row.get("rootServiceName", "")),
        root_name=str(row.get("rootTraceName", "")),
        start_nanos=int(row.get("startTimeUnixNano", 0)),
        duration_seconds=float(row.get("durationMs", 0)) / 1000,
    )
