"""A bound on the time until a response starts; what streams after that may take as long as it likes.

504 when the service is late. 408 when the client is: its body was still on the way. The bound is one timer
of the event loop, not a task. It cancels the handler, so it reaches only what is `async`; a plain function
in a thread cannot be interrupted, and its answer comes late.
"""

import asyncio
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from http_fastapi.protections.refusal import Reason, Refusals, RefusedError


class RequestTimeout:
    """Ends HTTP requests without a response after `seconds`; WebSockets have no such bound."""

    def __init__(self, app: ASGIApp, *, refusals: Refusals, seconds: float) -> None:
        self._app, self._refusals, self._seconds = app, refusals, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with a timer until the response starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(receive, send, asyncio.timeout(self._seconds))
        try:
            async with exchange.timer:
                await self._app(scope, exchange.receive, exchange.send)
        except TimeoutError:
            if not exchange.timer.expired():
                raise  # some other timeout, inside the handler
        if exchange.timer.expired() and not exchange.started:
            await self._refusals.answer(_refusal(exchange.reading), scope, receive, send)


class _Exchange:
    """One request: whether its body is still being waited for, whether its response has begun."""

    __slots__ = ("_receive", "_send", "_whole", "reading", "started", "timer")

    def __init__(self, receive: Receive, send: Send, timer: asyncio.Timeout) -> None:
        self._receive, self._send, self.timer = receive, send, timer
        self._whole = self.reading = self.started = False

    async def receive(self) -> Message:
        self.reading = not self._whole
        message = await self._receive()
        self.reading = False
        self._whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if not self.started:
            if self.timer.expired():  # too late: what is sent now is the refusal
                return
            self.started = True
            self.timer.reschedule(None)
        await self._send(message)


def _refusal(reading: bool) -> RefusedError:
    if reading:  # RFC 9110, section 15.5.9: the connection is of no more use
        detail, close = "The request's body did not arrive in time.", {"Connection": "close"}
        return RefusedError(Reason.TIMEOUT, HTTPStatus.REQUEST_TIMEOUT, detail, close)
    detail = "The service did not answer in time."
    return RefusedError(Reason.TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT, detail)
