"""One consumer on a channel of its own, which aio-pika opens again when the connection comes back.

The queue is declared, passively: aio-pika consumes again only from queues that its channel has declared, and
not from those of `get_queue(..., ensure=False)`. Every step has a bound, because on a connection that is
coming back each of them waits.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aio_pika.abc import AbstractChannel, AbstractQueue, AbstractRobustConnection

from rabbitmq_aio_pika.broker.errors import BrokerError, broker_errors, losses_ignored

Callback = Callable[..., Awaitable[Any]]
_STEP_SECONDS = 5.0
_END_SECONDS = 1.0


class Subscription:
    """Messages of `queue` go to a callback, at most `prefetch` of them unacknowledged.

    Without a name it is a queue for answers, which goes with the connection.
    """

    def __init__(self, queue: str | None, prefetch: int) -> None:
        self._name, self._prefetch = queue, prefetch
        self._channel: AbstractChannel | None = None
        self._queue: AbstractQueue | None = None
        self._tag = ""

    @property
    def name(self) -> str:
        """The queue's name."""
        return self._name or (self._queue.name if self._queue is not None else "")

    async def open(self, connection: AbstractRobustConnection, callback: Callback) -> None:
        """Begin. Raises BrokerError."""
        try:
            with broker_errors(f"the consumer of {self.name}"):
                async with asyncio.timeout(_STEP_SECONDS):
                    self._channel = await connection.channel()
                    await self._channel.set_qos(self._prefetch)
                    self._queue = await self._declare(self._channel)
                    self._tag = await self._queue.consume(callback)
        except BrokerError:
            await self.close()
            raise

    async def _declare(self, channel: AbstractChannel) -> AbstractQueue:
        if self._name is None:
            return await channel.declare_queue(exclusive=True, auto_delete=True)
        return await channel.declare_queue(self._name, passive=True)

    async def cancel(self) -> None:
        """Get no more messages; those that came can still be acknowledged."""
        if self._queue is not None:
            await self._end(self._queue.cancel(self._tag))

    async def close(self) -> None:
        """Close the channel: what was not acknowledged goes back to the queue."""
        if self._channel is not None:
            await self._end(self._channel.close())

    async def _end(self, ending: Awaitable[Any]) -> None:
        with losses_ignored():  # the broker has noticed by itself
            async with asyncio.timeout(_END_SECONDS):
                await ending
