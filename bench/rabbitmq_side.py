"""One client of the RabbitMQ benchmark: `python -m bench.rabbitmq_side SIDE URL`.

Sides: `bare`, `control` (bare once more), `floor` (by hand), `otelkit`, `upstream`, `no-op` and `passing`
(otelkit's without an SDK; messages with context arrive at the latter). What a side consumes it has published
before, without telemetry.
"""

import asyncio
import sys
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractIncomingMessage, AbstractQueue
from opentelemetry.instrumentation.aio_pika import AioPikaInstrumentor as UpstreamInstrumentor
from opentelemetry.instrumentation.utils import suppress_instrumentation
from yarl import URL

from bench.messaging_side import (
    BODY,
    UNTRACED,
    Case,
    Clock,
    answer,
    created,
    repeat_in_flight,
    start_telemetry,
)
from bench.rabbitmq_floor import traced_callback, traced_publish
from otelkit.instrumentation.aio_pika import AioPikaInstrumentor

EXCHANGE, SENT, WORK = "orders", "orders.sent", "orders.work"
PREFETCH = 100
MOST_KEPT = 1000


class Cases:
    """What each case does, plainly or with telemetry by hand."""

    def __init__(self, exchange: AbstractExchange, work: AbstractQueue, side: str, url: URL) -> None:
        self._exchange, self._work, self._is_traced = exchange, work, side not in UNTRACED
        self._floor = floor = url if side == "floor" else None
        self._publish: Any = traced_publish(exchange, SENT, floor) if floor else exchange.publish

    def by_name(self) -> dict[str, Case]:
        """Give the cases by the names that the bench asks for."""
        return {"publish": self.publish, "consume": self.consume}

    async def publish(self, count: int, clock: Clock) -> None:
        """Publish with confirms, many at a time."""
        clock.start()
        await repeat_in_flight(lambda: self._publish(aio_pika.Message(BODY), SENT), count)

    async def consume(self, count: int, clock: Clock) -> None:
        """Process what is there in a callback, and acknowledge it."""
        await self._fill(count)
        done, left = asyncio.Event(), count

        async def process(message: AbstractIncomingMessage) -> None:
            nonlocal left
            await message.ack()
            left -= 1
            if not left:
                done.set()

        callback = traced_callback(process, self._exchange, WORK, self._floor) if self._floor else process
        clock.start()
        tag = await self._work.consume(callback)
        await asyncio.wait_for(done.wait(), 60)
        await self._work.cancel(tag)

    async def _fill(self, count: int) -> None:
        with suppress_instrumentation():
            await repeat_in_flight(lambda: self._exchange.publish(self._message(), WORK), count)

    def _message(self) -> aio_pika.Message:
        return aio_pika.Message(BODY, headers={**(created(traced=self._is_traced) or {})})


async def run(side: str, url: str) -> None:
    """Connect, declare, then answer."""
    flush = start_telemetry(side, UpstreamInstrumentor if side == "upstream" else AioPikaInstrumentor)
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        exchange = await channel.declare_exchange(EXCHANGE)
        await _declare(channel, exchange, SENT, {"x-max-length": MOST_KEPT})
        work = await _declare(channel, exchange, WORK)
        await answer(Cases(exchange, work, side, URL(url)).by_name(), flush)


async def _declare(
    channel: AbstractChannel, exchange: AbstractExchange, name: str, arguments: dict[str, Any] | None = None
) -> AbstractQueue:
    queue = await channel.declare_queue(name, arguments=arguments)
    await queue.bind(exchange, name)
    return queue


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
