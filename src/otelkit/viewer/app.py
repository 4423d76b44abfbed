"""The web application: pages, Tempo's API, health; one place for errors and security headers."""

import sqlite3
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from otelkit.viewer.database import QueryTooSlowError
from otelkit.viewer.loki_api import loki_routes
from otelkit.viewer.pages import Pages
from otelkit.viewer.prometheus_api import prometheus_failure, prometheus_routes
from otelkit.viewer.tempo_api import tempo_routes

_APIS = ("/api/", "/loki/")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class _SecurityHeaders:
    """Adds the headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def create_app(database: Path) -> Starlette:
    """Application that reads the database at the given path; something else writes it."""
    pages = Pages(database)

    def respond(request: Request, status: int, message: str) -> Response:
        if request.url.path.startswith("/prometheus/"):
            return prometheus_failure(status, message)
        if request.url.path.startswith(_APIS):
            return PlainTextResponse(message, status)
        return pages.failure(status, message)

    def bad_request(request: Request, error: Exception) -> Response:
        return respond(request, 400, str(error))

    def too_slow(request: Request, _error: Exception) -> Response:
        return respond(request, 503, "This search takes too long: narrow it by service, name or time.")

    def unreadable(request: Request, error: Exception) -> Response:
        return respond(request, 503, f"The database cannot be read now: {error}.")

    def http_error(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return respond(request, status, str(getattr(error, "detail", error)))

    return Starlette(
        routes=[
            *pages.routes(),
            *tempo_routes(database),
            *loki_routes(database),
            *prometheus_routes(database),
            Route("/healthz", _healthy),
        ],
        middleware=[Middleware(_SecurityHeaders)],
        exception_handlers={
            ValueError: bad_request,
            QueryTooSlowError: too_slow,
            sqlite3.Error: unreadable,
            HTTPException: http_error,
        },
    )


def _healthy(_request: Request) -> Response:
    return PlainTextResponse("ok")
