"""Turns: work on one object happens one after another, and not more often than is good for the API.

kopf has a queue for each object of each kind; an app and its children are several objects, whose handlers
all work for the app. A turn is of the app. A token bucket bounds them, so that a fight with another
controller over a field cannot flood the API.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class _Object:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    tokens: float = 0.0
    filled_at: float = 0.0


class Turns:
    """Turns of all objects; an object that rested is forgotten."""

    def __init__(self, burst: int, per_second: float, workers: int) -> None:
        self._burst, self._per_second = burst, per_second
        self._workers = asyncio.Semaphore(workers)
        self._objects: dict[str, _Object] = {}

    def __len__(self) -> int:
        return len(self._objects)

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Wait for the turn of an object, and for its rate."""
        found = self._objects.setdefault(key, _Object(tokens=self._burst, filled_at=time.monotonic()))
        found.waiting += 1
        try:
            async with found.lock:
                await self._take_token(found)
                async with self._workers:
                    yield
        finally:
            found.waiting -= 1
            self._forget_rested(key, found)

    async def _take_token(self, found: _Object) -> None:
        self._fill(found)
        while found.tokens < 1:
            await asyncio.sleep((1 - found.tokens) / self._per_second)
            self._fill(found)
        found.tokens -= 1

    def _fill(self, found: _Object) -> None:
        now = time.monotonic()
        found.tokens = min(self._burst, found.tokens + (now - found.filled_at) * self._per_second)
        found.filled_at = now

    def _forget_rested(self, key: str, found: _Object) -> None:
        if found.waiting:
            return
        delay = (self._burst - found.tokens) / self._per_second
        asyncio.get_running_loop().call_later(delay, self._forget, key, found)

    def _forget(self, key: str, found: _Object) -> None:
        self._fill(found)
        if not found.waiting and found.tokens >= self._burst - 0.001 and self._objects.get(key) is found:
            del self._objects[key]
