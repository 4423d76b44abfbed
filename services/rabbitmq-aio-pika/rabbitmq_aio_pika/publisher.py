"""Publishing: persistent, mandatory, confirmed. When `publish` returns, a queue has the message on its disk.

One OpenTelemetry decision: a letter that waited is published in the context of whoever wrote it. The span is
the instrumentation's: it lasts until the confirm, and is an error when the message comes back or is refused.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractExchange
from opentelemetry.context import Context, attach, detach

from rabbitmq_aio_pika.broker.errors import BrokerError, broker_errors
from rabbitmq_aio_pika.broker.pool import Pool
from rabbitmq_aio_pika.settings import Settings


@dataclass(frozen=True)
class Letter:
    """A message and its address; an empty exchange finds the queue that is named as the routing key."""

    exchange: str
    routing_key: str
    message: Message
    context: Context | None = None  # by default the current one

    def __str__(self) -> str:
        place = (
            f"exchange {self.exchange}, routing key {self.routing_key}" if self.exchange else self.routing_key
        )
        return f"message {self.message.message_id} to {place}"


class Publisher:
    """Publishes on channels of a pool; each is one publisher's as long as it has it."""

    def __init__(
        self,
        channels: Pool[AbstractChannel],
        settings: Settings,
        why_not: Callable[[], BrokerError | None],
    ) -> None:
        self._channels = channels
        self._confirm_seconds = settings.confirm_seconds
        self._in_flight = settings.confirms_in_flight
        self._why_not = why_not

    async def publish(self, letter: Letter) -> None:
        """Publish one message and wait for its confirm. Raises BrokerError."""
        async with self._channel() as channel:
            await self._send(channel, letter)

    async def publish_all(self, letters: Sequence[Letter]) -> list[BrokerError | None]:
        """Publish many on one channel, a bounded number of confirms in flight; the error of each, or None.

        No two of them have the same id: a message that comes back is known by its id alone.
        """
        free = asyncio.Semaphore(self._in_flight)

        async def send(channel: AbstractChannel, letter: Letter) -> BrokerError | None:
            async with free:
                try:
                    await self._send(channel, letter)
                except BrokerError as error:
                    return error
                return None

        try:
            async with self._channel() as channel:
                return list(await asyncio.gather(*(send(channel, letter) for letter in letters)))
        except BrokerError as error:  # there is no channel
            return [error for _ in letters]

    @asynccontextmanager
    async def _channel(self) -> AsyncIterator[AbstractChannel]:
        if (reason := self._why_not()) is not None:
            raise reason
        async with self._channels.take() as channel:
            yield channel

    async def _send(self, channel: AbstractChannel, letter: Letter) -> None:
        with broker_errors(str(letter)), _within(letter.context):
            # aio-pika's own timeout does not bound the wait for a connection that is coming back.
            async with asyncio.timeout(self._confirm_seconds):
                exchange = await _find_exchange(channel, letter.exchange)
                await exchange.publish(letter.message, letter.routing_key, mandatory=True)


async def _find_exchange(channel: AbstractChannel, name: str) -> AbstractExchange:
    return await channel.get_exchange(name, ensure=False) if name else channel.default_exchange


@contextmanager
def _within(context: Context | None) -> Iterator[None]:
    token = None if context is None else attach(context)
    try:
        yield
    finally:
        if token is not None:
            detach(token)
