"""A pool of connections or channels that says how large it is, what is in use and how long one waits.

aio_pika.pool keeps what is closed and hands it out again for ever
(https://github.com/mosquito/aio-pika/issues/670, https://github.com/mosquito/aio-pika/issues/646): here what
was closed while it was in use, or lay around, makes room for a new one.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Generic, Protocol, TypeVar

from rabbitmq_aio_pika.broker.errors import UnavailableError, losses_ignored
from rabbitmq_aio_pika.broker.pool_metrics import PoolMetrics


class Closable(Protocol):
    """What a pool can hold."""

    @property
    def is_closed(self) -> bool: ...

    def close(self) -> Awaitable[None]: ...


T = TypeVar("T", bound=Closable)
CLOSE_SECONDS = 1.0


class Pool(Generic[T]):
    """At most `size` of what `open_one` opens; the one that rested longest is next."""

    def __init__(
        self,
        name: str,
        open_one: Callable[[], Awaitable[T]],
        size: int,
        wait_seconds: float,
        metrics: PoolMetrics,
    ) -> None:
        self.size, self.in_use = size, 0
        self._name, self._open_one, self._wait_seconds = name, open_one, wait_seconds
        self._places = asyncio.Semaphore(size)
        self._idle: deque[T] = deque()
        self._closed = False
        self._metrics = metrics
        metrics.watch(name, self)

    @property
    def idle(self) -> int:
        """How many lie ready."""
        return len(self._idle)

    @asynccontextmanager
    async def take(self) -> AsyncIterator[T]:
        """Lend one. Raises UnavailableError when none gets free in time, and what `open_one` raises."""
        await self._wait_for_place()
        self.in_use += 1
        try:
            item = await self._find()
            try:
                yield item
            finally:
                await self._put_back(item)
        finally:
            self.in_use -= 1
            self._places.release()

    async def close(self) -> None:
        """Close all that lie ready; those in use are closed when they come back."""
        self._closed = True
        idle, self._idle = self._idle, deque()
        await asyncio.gather(*(close_in_time(item) for item in idle))

    async def _wait_for_place(self) -> None:
        begun = time.monotonic()
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._places.acquire()
        except TimeoutError:
            raise UnavailableError(f"all {self.size} {self._name} are in use") from None
        finally:
            self._metrics.record_wait(self._name, time.monotonic() - begun)

    async def _find(self) -> T:
        while self._idle:
            item = self._idle.popleft()
            if not item.is_closed:
                return item
            await close_in_time(item)  # a robust one would come back, and be one too many
        if self._closed:
            raise UnavailableError(f"the {self._name} are closed")
        return await self._open_one()

    async def _put_back(self, item: T) -> None:
        if self._closed or item.is_closed:
            await close_in_time(item)
        else:
            self._idle.append(item)


async def close_in_time(item: Closable) -> None:
    """Close a connection or a channel; a broker that does not answer is left alone after a second."""
    with losses_ignored():
        async with asyncio.timeout(CLOSE_SECONDS):
            await item.close()
