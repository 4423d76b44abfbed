"""One listener's side of the changes: a bounded queue and how it ended."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from opentelemetry.trace import Span
from pydantic import TypeAdapter

from http_fastapi.store import Order

_order_json = TypeAdapter(Order).dump_json


@dataclass(frozen=True)
class Change:
    """An order as it is after something happened to it; `name` says what, as `order.confirmed`."""

    id: str
    name: str
    order: Order

    @cached_property
    def json(self) -> str:
        """The order as one line of JSON, made once for all subscribers."""
        return _order_json(self.order).decode()


class Subscription:
    """Changes that one listener has not taken yet, at most `queue` more than those it had missed."""

    def __init__(self, missed: Iterable[Change], queue: int, span: Span) -> None:
        self.span = span
        self.lost_history = False
        self.dropped = False
        self.when_dropped: Callable[[], None] = lambda: None
        self._waiting = deque(missed)
        self._most = queue + len(self._waiting)
        self._closed = False
        self._news = asyncio.Event()

    @property
    def ended(self) -> bool:
        """Whether nothing is left to take and nothing will come."""
        return not self._waiting and (self.dropped or self._closed)

    def offer(self, change: Change) -> bool:
        """Queue a change; False when there was no room, which ends the subscription."""
        if len(self._waiting) < self._most:
            self._waiting.append(change)
        else:
            self.dropped = True
            self._waiting.clear()
            self.when_dropped()
        self._news.set()
        return not self.dropped

    def close(self) -> None:
        """End after what is queued has been taken."""
        self._closed = True
        self._news.set()

    async def take(self, timeout_seconds: float) -> Change | None:
        """The next change; None when none came in time or the subscription has ended."""
        if not self._waiting and not self.ended:
            self._news.clear()
            try:
                async with asyncio.timeout(timeout_seconds):
                    await self._news.wait()
            except TimeoutError:
                return None
        return self._waiting.popleft() if self._waiting else None
