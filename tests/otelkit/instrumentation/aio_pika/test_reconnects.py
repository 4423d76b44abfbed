"""Connections that come back have one span for each message, and channels of a pool are ordinary."""

import asyncio
from typing import Any

import aio_pika
import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aio_pika.pool import Pool

from otelkit.testing.servers.server import Server

from .conftest import Instrument, Seen
from .reading import is_child, said

pytestmark = pytest.mark.integration


async def ignore(message: AbstractIncomingMessage) -> None:
    await message.ack()


async def test_channels_of_a_pool_are_ordinary(
    instrument: Instrument, seen: Seen, connection: AbstractConnection, queue: Queue
) -> None:
    instrument()
    pool: Pool[AbstractChannel] = Pool(connection.channel, max_size=2)
    await queue.consume(ignore)

    async def publish() -> None:
        async with pool.acquire() as channel:
            await channel.default_exchange.publish(Message(b"tea"), "orders")

    async with pool:
        await asyncio.gather(*(publish() for _ in range(6)))
        await seen.wait_for("process", 6)
    (sent,) = seen.points("messaging.client.sent.messages")

    assert len(seen.all("publish")) == sent.value == 6


async def test_consumer_that_comes_back_after_a_reconnect_has_one_span_for_each_message(
    instrument: Instrument, seen: Seen, rabbitmq_server: Server
) -> None:
    instrument()
    async with await aio_pika.connect_robust(rabbitmq_server.url, reconnect_interval=0.05) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("reconnected", auto_delete=True)
        await queue.consume(ignore)
        exchange = channel.default_exchange
        await exchange.publish(Message(b"before"), "reconnected")
        await seen.wait_for("process", 1)

        for count in (2, 3):
            assert connection.transport is not None
            await connection.transport.connection.close()
            await _publish_again(exchange, channel)
            await seen.wait_for("process", count)

    publishes = [span for span in seen.all("publish") if "error.type" not in said(span)]
    processes = seen.all("process")
    assert len(processes) == len(publishes) == 3
    assert all(is_child(*pair) for pair in zip(processes, publishes, strict=True))


async def _publish_again(exchange: Any, channel: Any) -> None:
    async with asyncio.timeout(5):
        while True:
            try:
                await exchange.publish(Message(b"after"), "reconnected")
            except (RuntimeError, ConnectionError, aio_pika.exceptions.AMQPError):
                await channel.ready()
            else:
                return


async def test_loop_of_a_robust_queue_goes_on_after_a_reconnect(
    instrument: Instrument, seen: Seen, rabbitmq_server: Server
) -> None:
    instrument()
    async with await aio_pika.connect_robust(rabbitmq_server.url, reconnect_interval=0.05) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("reconnected-loop", durable=True)
        await channel.default_exchange.publish(Message(b"before"), "reconnected-loop")
        bodies = []
        async with queue.iterator() as messages:
            async for message in messages:
                await message.ack()
                bodies.append(message.body)
                if len(bodies) == 2:
                    break
                assert connection.transport is not None
                await connection.transport.connection.close()
                await channel.ready()
                await channel.default_exchange.publish(Message(b"after"), "reconnected-loop")
        await queue.delete(if_unused=False, if_empty=False)

    assert bodies == [b"before", b"after"]
    assert len(seen.all("process")) == 2
    assert is_child(seen.all("publish")[1], seen.all("process")[0])
