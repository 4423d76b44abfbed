"""The pages: traces, one trace, logs, metrics. Rendered here, no script, nothing from elsewhere."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from otelkit.viewer import display, durations
from otelkit.viewer.database import reading
from otelkit.viewer.finding import FoundTrace, find_trace, find_traces, service_names
from otelkit.viewer.logs import LogSearch, find_logs, logs_of_trace
from otelkit.viewer.parameters import page_search_of, parse_trace_id
from otelkit.viewer.records import MOST_LOGS
from otelkit.viewer.series import metric_names
from otelkit.viewer.waterfall import read_spans, rows_of

_FORM_FIELDS = ("service", "name", "min", "errors")
_Page = Callable[[Request, sqlite3.Connection], Response]


class Pages:
    """Templates with what they need; each page reads the database on its own connection."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("otelkit.viewer"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._templates.filters.update(
            text=display.show_text,
            value=display.show_value,
            time=display.show_time,
            duration=durations.show_duration,
        )

    def routes(self) -> list[Route]:
        """All pages."""
        return [
            Route("/", self._page(self._traces)),
            Route("/trace/{trace_id}", self._page(self._trace)),
            Route("/logs", self._page(self._logs)),
            Route("/metrics", self._page(self._metrics)),
        ]

    def failure(self, status: int, message: str) -> Response:
        """A page that says what went wrong."""
        return self._render("failure.html", status, message=message, code=status)

    def _page(self, page: _Page) -> Callable[[Request], Response]:
        def respond(request: Request) -> Response:
            with reading(self._database) as connection:
                return page(request, connection)

        return respond

    def _render(self, template: str, status: int = 200, **values: object) -> Response:
        return HTMLResponse(self._templates.get_template(template).render(values), status)

    def _traces(self, request: Request, connection: sqlite3.Connection) -> Response:
        search = page_search_of(request.query_params)
        found = find_traces(connection, search)
        services = service_names(connection)
        return self._render(
            "traces.html",
            traces=found,
            services=services,
            form={name: request.query_params.get(name, "") for name in _FORM_FIELDS},
            limit=search.limit,
            scale_nanos=_scale_nanos(found),
        )

    def _trace(self, request: Request, connection: sqlite3.Connection) -> Response:
        trace_id = parse_trace_id(request.path_params["trace_id"])
        trace = find_trace(connection, trace_id)
        if trace is None:
            return self.failure(404, f"Trace {trace_id.hex()} is not here, not yet or not any more.")
        spans = read_spans(connection, trace_id)
        logs = logs_of_trace(connection, trace_id)
        rows = rows_of(spans, trace.start_nanos, trace.end_nanos)
        return self._render("trace.html", trace=trace, rows=rows, logs=logs, most_logs=MOST_LOGS)

    def _logs(self, request: Request, connection: sqlite3.Connection) -> Response:
        service = request.query_params.get("service", "")
        logs = find_logs(connection, LogSearch(service=service, limit=MOST_LOGS))
        services = service_names(connection)
        return self._render("logs.html", logs=logs, services=services, service=service, most_logs=MOST_LOGS)

    def _metrics(self, _request: Request, connection: sqlite3.Connection) -> Response:
        return self._render("metrics.html", metrics=metric_names(connection))


def _scale_nanos(traces: list[FoundTrace]) -> int:
    """Give the length of a full bar: nine of ten traces fit, so that one outlier does not flatten all."""
    lengths = sorted(trace.duration_nanos for trace in traces)
    return max(lengths[len(lengths) * 9 // 10], 1) if lengths else 1
