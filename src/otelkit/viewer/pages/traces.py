"""The list of traces and its search."""

import sqlite3

from starlette.requests import Request
from starlette.responses import Response

from otelkit.viewer.addresses import address
from otelkit.viewer.finding import FoundTrace, find_traces, service_names
from otelkit.viewer.pages.form import form_of, found_or_mistake
from otelkit.viewer.pages.rendering import Renderer
from otelkit.viewer.parameters import PAGE_LIMIT, page_search_of
from otelkit.viewer.time_range import LENGTHS

_FIELDS = ("service", "name", "status", "attributes", "min", "max", "last", "from", "to")


def traces_page(renderer: Renderer, request: Request, connection: sqlite3.Connection) -> Response:
    """Traces that fulfil what the form asks for; a mistake in it is said above an empty list."""
    form = form_of(request, _FIELDS)
    found, error = found_or_mistake(lambda: find_traces(connection, page_search_of(request.query_params)))
    return renderer.page(
        "traces.html",
        400 if error else 200,
        traces=found,
        services=service_names(connection),
        form=form,
        lengths=LENGTHS,
        error=error,
        older=address("/", form, before=found[-1].start_nanos - 1) if len(found) == PAGE_LIMIT else "",
        scale_nanos=_scale_nanos(found),
    )


def _scale_nanos(traces: list[FoundTrace]) -> int:
    """Give the length of a full bar: nine of ten traces fit, so that one outlier does not flatten all."""
    lengths = sorted(trace.duration_nanos for trace in traces)
    return max(lengths[len(lengths) * 9 // 10], 1) if lengths else 1
