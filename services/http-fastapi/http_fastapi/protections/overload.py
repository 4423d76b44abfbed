"""Load shedding: what would wait too long is refused at once, so that what is accepted is answered in time.

Three bounds. `max_requests`: being worked on, from here until the response starts. `max_streams`: responses
being sent, WebSockets and server-sent events included; these cost memory and little work, so a thousand
listeners leave the service free for orders. `max_turn_seconds`: work that is done in one turn of the event
loop. Requests that never wait for anything run one after another within a turn and are never many at once;
what they wait for is the turn, so its length is what has to be bounded.

A refusal costs a third of an answer. So that refusing does not itself use up the processor, refusals are
paced: each waits for its own moment, for less long than the client is told to stay away anyway. How many can
wait is bounded by that, too; the next ones are refused at once.
"""

import asyncio
from contextvars import Context
from http import HTTPStatus
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from http_fastapi.protections.refusal import UNLIMITED, Reason, Refusals, RefusedError
from http_fastapi.protections.settings import ProtectionSettings

_DETAIL = "The service is too busy. Try again later."


class ConcurrencyLimit:
    """Answers 503 with Retry-After to what is too much."""

    def __init__(self, app: ASGIApp, *, refusals: Refusals, settings: ProtectionSettings) -> None:
        self._app, self._refusals = app, refusals
        self._max_requests, self._max_streams = settings.max_requests, settings.max_streams
        self._max_turn_seconds = settings.max_turn_seconds
        self._requests = self._streams = 0
        self._turn_began = 0.0  # 0: no request has come in this turn
        self._pace_seconds, self._most_wait_seconds = (
            settings.refusal_pace_seconds,
            settings.retry_after_seconds,
        )
        self._next_refusal = 0.0
        retry = {"Retry-After": str(settings.retry_after_seconds)}
        self._refusal = RefusedError(Reason.OVERLOAD, HTTPStatus.SERVICE_UNAVAILABLE, _DETAIL, retry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        if scope["type"] == "lifespan" or scope["path"] in UNLIMITED:
            await self._app(scope, receive, send)
            return
        if self._is_late() or self._requests >= self._max_requests or self._streams >= self._max_streams:
            await self._refuse(scope, receive, send)
            return
        self._requests += 1
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            if not started:
                started = True
                self._requests -= 1
                self._streams += 1
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            if started:
                self._streams -= 1
            else:
                self._requests -= 1

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        now = perf_counter()
        wait_seconds = self._next_refusal - now
        if wait_seconds < self._most_wait_seconds:
            self._next_refusal = max(now, self._next_refusal) + self._pace_seconds
            if wait_seconds > 0:
                await asyncio.sleep(wait_seconds)
        await self._refusals.answer(self._refusal, scope, receive, send)

    def _is_late(self) -> bool:
        now = perf_counter()
        if self._turn_began:
            return now - self._turn_began > self._max_turn_seconds
        self._turn_began = now
        asyncio.get_running_loop().call_soon(self._end_turn, context=Context())
        return False

    def _end_turn(self) -> None:
        self._turn_began = 0.0
