"""One trace: its waterfall, one span's details, and all of it as text."""

import sqlite3

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from otelkit.traces import render_tree
from otelkit.viewer.details import Details, read_details
from otelkit.viewer.finding import FoundTrace, find_trace
from otelkit.viewer.linked import counts_of_links_to
from otelkit.viewer.logs import logs_of_trace
from otelkit.viewer.pages.rendering import Renderer
from otelkit.viewer.parameters import parse_span_id, parse_trace_id
from otelkit.viewer.records import MOST_LOGS
from otelkit.viewer.waterfall import read_spans, rows_of, services_of


def trace_page(renderer: Renderer, request: Request, connection: sqlite3.Connection) -> Response:
    """The waterfall; with `?span=` that span's details are open in it."""
    trace_id, trace = _trace_of(request, connection)
    wanted = request.query_params.get("span", "")
    opened = read_details(connection, trace_id, parse_span_id(wanted)) if wanted else None
    spans = read_spans(connection, trace_id)
    counts = counts_of_links_to(connection, trace_id)
    return renderer.page(
        "trace.html",
        trace=trace,
        services=services_of(spans),
        rows=rows_of(spans, trace.start_nanos, trace.end_nanos, counts),
        opened=opened,
        opened_is_a_row=opened is not None and any(span.key == opened.span.key for span in spans),
        logs=logs_of_trace(connection, trace_id),
        most_logs=MOST_LOGS,
    )


def span_part(renderer: Renderer, request: Request, connection: sqlite3.Connection) -> Response:
    """One span's details alone, for the script that opens them in place."""
    trace_id = parse_trace_id(request.path_params["trace_id"])
    details: Details | None = read_details(
        connection, trace_id, parse_span_id(request.path_params["span_id"])
    )
    if details is None:
        raise HTTPException(404, "This span is not here, not yet or not any more.")
    return renderer.page("span.html", detail=details)


def trace_text(_renderer: Renderer, request: Request, connection: sqlite3.Connection) -> Response:
    """The tree as READMEs show it."""
    trace_id, trace = _trace_of(request, connection)
    spans = read_spans(connection, trace_id)
    left_out = trace.span_count - len(spans)
    more = f"\n… and {left_out:,} more spans" if left_out > 0 else ""
    return PlainTextResponse(f"{render_tree(spans)}{more}\n")


def go_to_trace(_renderer: Renderer, request: Request, _connection: sqlite3.Connection) -> Response:
    """From the field for a trace id to that trace."""
    trace_id = parse_trace_id(request.query_params.get("id", "").strip())
    return RedirectResponse(f"/trace/{trace_id.hex()}", 303)


def _trace_of(request: Request, connection: sqlite3.Connection) -> tuple[bytes, FoundTrace]:
    trace_id = parse_trace_id(request.path_params["trace_id"])
    trace = find_trace(connection, trace_id)
    if trace is None:
        raise HTTPException(404, f"Trace {trace_id.hex()} is not here, not yet or not any more.")
    return trace_id, trace
