"""Cross-origin requests of pages: Starlette's middleware, with its refusals as problems that are counted.

Credentials are never allowed: this API takes bearer tokens, which pages send themselves. To a WebSocket
browsers let every page connect and ask nobody (RFC 6455, section 10.2), so its origin is looked at here.
"""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp

from http_fastapi.problems import problem
from http_fastapi.protections.refusal import Reason, Refusals, RefusedError

_SENT = ("Authorization", "Content-Type", "traceparent", "tracestate", "baggage", "Last-Event-ID")
_READ = ("Location", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate")


class Cors(CORSMiddleware):
    """Allows the given origins what this API offers."""

    def __init__(self, app: ASGIApp, *, origins: tuple[str, ...], refusals: Refusals) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            allow_headers=_SENT,
            expose_headers=_READ,
        )
        self._refusals = refusals

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer a preflight request; what it refuses is a problem."""
        response = super().preflight_response(request_headers)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        self._refusals.count(Reason.CORS)
        headers = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
        return problem(HTTPStatus.BAD_REQUEST, "This page may not send this request here.", headers=headers)


async def refuse_foreign_page(connection: HTTPConnection) -> None:
    """A dependency of WebSockets: pages of this host and of the allowed origins, and what is no browser.

    Raises:
        RefusedError: 403 for the others.
    """
    origin, allowed = connection.headers.get("origin"), connection.app.state.settings.cors_origins
    if origin is None or origin in allowed or "*" in allowed:
        return
    if origin.partition("://")[2] != connection.headers.get("host"):
        raise RefusedError(Reason.CORS, HTTPStatus.FORBIDDEN, "This page may not connect here.")
