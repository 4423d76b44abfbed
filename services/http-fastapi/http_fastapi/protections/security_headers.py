"""Headers that tell browsers to do nothing with an API's answers but to hand them over.

As OWASP's REST Security Cheat Sheet has them. HSTS (RFC 6797) only over https, where browsers heed it.
"""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_NO_STORE = (b"cache-control", b"no-store")
# FastAPI's pages load scripts and styles, which the policy of an API forbids.
_PAGES = ("/docs", "/redoc")


class SecurityHeaders:
    """Adds the headers to every response; `Cache-Control: no-store` to those that say nothing of caching."""

    def __init__(self, app: ASGIApp, *, hsts_seconds: int) -> None:
        self._app, self._hsts_seconds = app, hsts_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with a `send` that adds."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def extended(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = secured(message.get("headers", ()), scope, self._hsts_seconds)
            await send(message)

        await self._app(scope, receive, extended)


def secure_failures(app: FastAPI, hsts_seconds: int) -> None:
    """Add the headers to 500s as well: Starlette makes these outside of all middlewares."""
    answer: Any = app.exception_handlers.get(Exception)
    if answer is None:
        return

    async def answer_secured(connection: HTTPConnection, error: Exception) -> Response:
        response: Response = await answer(connection, error)
        response.raw_headers = secured(response.raw_headers, connection.scope, hsts_seconds)
        return response

    app.add_exception_handler(Exception, answer_secured)


def secured(headers: Iterable[Header], scope: Scope, hsts_seconds: int) -> list[Header]:
    """Give the headers of a response with ours added."""
    extended = [*headers, *_HEADERS]
    if not any(name == b"cache-control" for name, _ in extended):
        extended.append(_NO_STORE)
    if not scope["path"].startswith(_PAGES):
        extended.append(_POLICY)
    if hsts_seconds and scope["scheme"] == "https":
        extended.append((b"strict-transport-security", b"max-age=%d" % hsts_seconds))
    return extended
