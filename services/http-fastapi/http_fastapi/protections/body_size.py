"""A bound on the size of a request's body: by what Content-Length says, else by counting what arrives.

A server that checks Content-Length against the body (uvicorn does) needs no counting after it.
"""

from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from http_fastapi.protections.refusal import Reason, Refusals, RefusedError

_GONE: Message = {"type": "http.disconnect"}


class BodySizeLimit:
    """Answers 413 to more than `max_bytes` and closes the connection, so that the rest is not sent."""

    def __init__(self, app: ASGIApp, *, refusals: Refusals, max_bytes: int) -> None:
        self._app, self._refusals, self._max_bytes = app, refusals, max_bytes
        detail = f"The body is larger than {max_bytes} bytes."
        status, close = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"Connection": "close"}
        self._refusal = RefusedError(Reason.BODY_SIZE, status, detail, close)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, count, or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = _length_of(scope)
        if length is not None and length <= self._max_bytes:
            await self._app(scope, receive, send)
            return
        if length is not None:
            await self._refusals.answer(self._refusal, scope, receive, send)
            return
        await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        left, started, refused = self._max_bytes, False, False

        async def counted() -> Message:
            nonlocal left, refused
            message = await receive()
            left -= len(message.get("body", b""))
            if left >= 0:
                return message
            if not (started or refused):
                refused = True
                await self._refusals.answer(self._refusal, scope, receive, send)
            return _GONE  # for the handler it is as if the client had left

        async def watched(message: Message) -> None:
            nonlocal started
            if not refused:
                started = True
                await send(message)

        await self._app(scope, counted, watched)


def _length_of(scope: Scope) -> int | None:
    """Content-Length; 0 for a request that announces no body, None for one of unknown length."""
    length = 0 if scope["http_version"].startswith("1") else None  # later versions announce nothing
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            length = int(value) if value.isdigit() else None
    return length
