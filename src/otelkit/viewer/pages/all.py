"""Which page answers where; each reads the database on its own connection."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from otelkit.viewer.database import reading
from otelkit.viewer.pages.logs import logs_page, logs_tail
from otelkit.viewer.pages.metrics import metric_page, metrics_page
from otelkit.viewer.pages.rendering import Renderer
from otelkit.viewer.pages.service_map import map_page
from otelkit.viewer.pages.trace import go_to_trace, span_part, trace_page, trace_text
from otelkit.viewer.pages.traces import traces_page
from otelkit.viewer.static_files import STATIC_FILES

_Page = Callable[[Renderer, Request, sqlite3.Connection], Response]
_PAGES: dict[str, _Page] = {
    "/": traces_page,
    "/trace": go_to_trace,
    "/trace/{trace_id}": trace_page,
    "/trace/{trace_id}/text": trace_text,
    "/trace/{trace_id}/span/{span_id}": span_part,
    "/logs": logs_page,
    "/logs/tail": logs_tail,
    "/metric": metric_page,
    "/metrics": metrics_page,
    "/map": map_page,
}


class Pages:
    """The pages over one database."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._renderer = Renderer()

    def routes(self) -> list[Route]:
        """All pages, and the files they ask for."""
        return [
            *(Route(path, self._reader(page)) for path, page in _PAGES.items()),
            *STATIC_FILES.routes(),
        ]

    def failure(self, status: int, message: str) -> Response:
        """A page that says what went wrong."""
        return self._renderer.failure(status, message)

    def _reader(self, page: _Page) -> Callable[[Request], Response]:
        def respond(request: Request) -> Response:
            with reading(self._database) as connection:
                return page(self._renderer, request, connection)

        return respond
