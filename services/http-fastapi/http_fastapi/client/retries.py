"""Retries: only what may be repeated, only within the deadline, only while the budget lasts.

Exponential backoff with jitter by stamina, which also logs each retry. What a server says in Retry-After
(RFC 9110, section 10.2.3) counts for more, and is never cut short: when it lies behind the deadline, there
is no retry. A request is repeated when its method is idempotent (RFC 9110, section 9.2.2), when it carries an
Idempotency-Key, or when no connection came about, so that nothing of it was sent.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
import stamina

from http_fastapi.client.answer import Answer, fetch
from http_fastapi.client.budget import RetryBudget
from http_fastapi.settings import Settings

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
TRY_LATER = frozenset({429, 502, 503, 504})
_NOTHING_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout)
_PERHAPS_SENT = (
    *(httpx2.ReadTimeout, httpx2.WriteTimeout, httpx2.ReadError, httpx2.WriteError),
    httpx2.RemoteProtocolError,
)
_JITTER_SECONDS = 0.1
_DAY_SECONDS = 86_400.0


class TryLaterError(Exception):
    """A status that asks for another try."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"status {answer.status}")
        self.retry_after_seconds = retry_after(answer.headers.get("retry-after", ""))


class Retries:
    """Sends requests of one client, again where that is right; all calls share one budget."""

    def __init__(self, client: httpx2.AsyncClient, settings: Settings, budget: RetryBudget) -> None:
        self._client, self._settings, self._budget = client, settings, budget

    async def fetch(self, request: httpx2.Request) -> Answer:
        """Send `request` and give the first answer that does not ask for another try.

        Raises:
            TimeoutError: the deadline passed.
            TryLaterError: the last answer asked for another try.
            UnreadableAnswerError, httpx2.TransportError: as `fetch` of the last try.
        """
        self._budget.deposit()
        seconds = self._settings.payments_deadline_seconds
        async with asyncio.timeout(seconds):
            deadline = asyncio.get_running_loop().time() + seconds
            async for attempt in stamina.retry_context(
                on=self._judge(request, deadline),
                attempts=self._settings.payments_attempts,
                timeout=None,
                wait_initial=self._settings.payments_backoff_seconds,
                wait_jitter=_JITTER_SECONDS,
            ):
                with attempt:
                    return await self._try(request)
        raise AssertionError("stamina ends with an answer or an exception")

    async def _try(self, request: httpx2.Request) -> Answer:
        answer = await fetch(self._client, request, self._settings.payments_answer_bytes)
        if answer.status in TRY_LATER:
            raise TryLaterError(answer)
        return answer

    def _judge(self, request: httpx2.Request, deadline: float) -> Callable[[Exception], bool | float]:
        tries = 0

        def wait_or_give_up(error: Exception) -> bool | float:
            nonlocal tries
            tries += 1
            asked = error.retry_after_seconds if isinstance(error, TryLaterError) else None
            least = self._settings.payments_backoff_seconds * 2 ** (tries - 1) if asked is None else asked
            if (
                tries >= self._settings.payments_attempts
                or not may_repeat(request, error)
                or asyncio.get_running_loop().time() + least >= deadline
                or not self._budget.withdraw()
            ):
                return False
            return True if asked is None else asked + random.uniform(0, _JITTER_SECONDS)  # noqa: S311 - no secret

        return wait_or_give_up


def may_repeat(request: httpx2.Request, error: Exception) -> bool:
    """Whether sending `request` again after `error` can do no harm and some good."""
    if isinstance(error, _NOTHING_SENT):
        return True
    repeatable = request.method in IDEMPOTENT or "idempotency-key" in request.headers
    return repeatable and isinstance(error, (*_PERHAPS_SENT, TryLaterError))


def retry_after(text: str) -> float | None:
    """Seconds that a Retry-After header asks to wait, at most a day and 0 for a date in the past.

    None when it says nothing that can be understood.
    """
    if text.isascii() and text.isdigit():
        return min(float(text), _DAY_SECONDS)
    try:
        seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):  # no date, one without a zone, one beyond the calendar
        return None
    return min(max(0.0, seconds), _DAY_SECONDS)
