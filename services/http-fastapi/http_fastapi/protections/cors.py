"""Cross-origin requests of pages: Starlette's middleware, with its refusals as problems that are counted.

Credentials are never allowed: this API takes bearer tokens, which pages send themselves.
"""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from http_fastapi.problems import problem
from http_fastapi.protections.refusal import Reason, Refusals

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
