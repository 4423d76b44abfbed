"""Defects of aio-pika and below that the service works around: when one is mended, its test fails.

Beside each stands where the service does otherwise; what it does is held by its own tests.
"""

import asyncio
import struct
from collections.abc import AsyncIterator

import aio_pika
import pamqp.decode
import pytest
from aio_pika.abc import AbstractIncomingMessage, AbstractQueue, AbstractRobustConnection
from aio_pika.exceptions import ConnectionClosed, InvalidFrameError, PublishError

from otelkit.testing.servers.server import Server
from rabbitmq_aio_pika.patterns import until

pytestmark = pytest.mark.integration
QUEUE = "test.upstream"


@pytest.fixture
async def connection(rabbitmq_server: Server) -> AsyncIterator[AbstractRobustConnection]:
    connection = await aio_pika.connect_robust(rabbitmq_server.url, reconnect_interval=0.1)
    async with connection:
        yield connection


@pytest.fixture
async def queue(connection: AbstractRobustConnection) -> AsyncIterator[AbstractQueue]:
    channel = await connection.channel()
    yield await channel.declare_queue(QUEUE, durable=True)
    await channel.queue_delete(QUEUE)


async def lose(connection: AbstractRobustConnection) -> None:
    """Lose the connection, and wait until it is back."""
    assert connection.transport is not None
    await connection.transport.connection.close(ConnectionError("lost"))
    await until(lambda: is_back(connection))


async def is_back(connection: AbstractRobustConnection) -> bool:
    return connection.connected.is_set()


@pytest.mark.xfail(strict=True, reason="as https://github.com/mosquito/aio-pika/issues/626; subscription.py")
async def test_consumer_of_a_queue_that_was_not_declared_comes_back(
    connection: AbstractRobustConnection, queue: AbstractQueue
) -> None:
    got = asyncio.Event()

    async def take(message: AbstractIncomingMessage) -> None:
        await message.ack()
        got.set()

    channel = await connection.channel()
    await (await channel.get_queue(QUEUE, ensure=False)).consume(take)
    await lose(connection)
    await queue.channel.default_exchange.publish(aio_pika.Message(b""), QUEUE)

    await asyncio.wait_for(got.wait(), 1)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="not reported yet; consumer.py")
async def test_callback_finishes_when_the_connection_is_lost(
    connection: AbstractRobustConnection, queue: AbstractQueue
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()
    outcomes: list[str] = []

    async def work(_: AbstractIncomingMessage) -> None:
        begun.set()
        try:
            await asyncio.sleep(0.1)
            outcomes.append("finished")
        except asyncio.CancelledError:
            outcomes.append("cancelled")
            raise
        finally:
            ended.set()

    await queue.consume(work)
    await queue.channel.default_exchange.publish(aio_pika.Message(b""), QUEUE)
    await asyncio.wait_for(begun.wait(), 5)
    await lose(connection)
    await asyncio.wait_for(ended.wait(), 5)

    assert outcomes[0] == "finished"


@pytest.mark.xfail(strict=True, reason="not reported yet; publisher.py: no two of an id on one channel")
async def test_message_that_comes_back_is_told_from_another_with_its_id(
    connection: AbstractRobustConnection, queue: AbstractQueue
) -> None:
    channel = await connection.channel(on_return_raises=True)
    message = aio_pika.Message(b"", message_id="same")
    nowhere, somewhere = await asyncio.gather(
        channel.default_exchange.publish(message, "test.nowhere"),
        channel.default_exchange.publish(message, QUEUE),
        return_exceptions=True,
    )

    assert isinstance(nowhere, PublishError)
    assert not isinstance(somewhere, PublishError)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="not reported yet; broker/errors.py")
async def test_publish_on_a_robust_connection_that_is_closed_fails_and_is_not_cancelled(
    rabbitmq_server: Server, queue: AbstractQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ignore(_: object) -> None:
        """The confirm is late."""

    async with await aio_pika.connect_robust(rabbitmq_server.url) as connection:
        channel = await connection.channel()
        underlay = await channel.get_underlay_channel()
        monkeypatch.setattr(underlay, "_on_confirm_frame", ignore)
        publishing = asyncio.ensure_future(channel.default_exchange.publish(aio_pika.Message(b""), QUEUE))
        await asyncio.wait([publishing], timeout=0.1)
    (outcome,) = await asyncio.gather(publishing, return_exceptions=True)

    assert not isinstance(outcome, asyncio.CancelledError)


@pytest.mark.xfail(strict=True, raises=InvalidFrameError, reason="not reported yet; broker/connection.py")
async def test_missing_virtual_host_is_told_with_the_brokers_words(rabbitmq_server: Server) -> None:
    with pytest.raises(ConnectionClosed, match="not found"):
        await aio_pika.connect(f"{rabbitmq_server.url.rstrip('/')}/nowhere")


TABLES = {
    "name": b"\x01\xffV",
    "time": b"\x01aT" + struct.pack(">Q", 2**62),
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.xfail(strict=True, reason="https://github.com/gmr/pamqp/pull/40; broker/decoding.py")
def test_headers_that_the_broker_takes_can_be_read(table: bytes) -> None:
    pamqp.decode.field_table(struct.pack(">I", len(table)) + table)
