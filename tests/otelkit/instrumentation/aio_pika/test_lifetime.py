"""Instrumenting early, late, not at all and again; connections that come back; channels of a pool."""

import asyncio
from typing import Any

import aio_pika
import pytest
from aio_pika import Exchange, Message, Queue
from aio_pika import queue as queues
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aio_pika.patterns import RPC
from aio_pika.pool import Pool
from aio_pika.queue import QueueIterator
from opentelemetry import trace
from opentelemetry.instrumentation.utils import suppress_instrumentation

from otelkit.testing.servers.server import Server

from .conftest import Instrument, Seen, is_child, said

pytestmark = pytest.mark.integration


async def ignore(message: AbstractIncomingMessage) -> None:
    await message.ack()


async def test_uninstrumented_library_is_as_it_was(instrument: Instrument) -> None:
    parts = [(Exchange, "publish"), (Queue, "consume"), (Queue, "get"), (Queue, "__aiter__")]
    parts += [(QueueIterator, "__aiter__"), (RPC, "call"), (RPC, "execute")]
    before = [getattr(*part) for part in parts]

    instrument().uninstrument()

    assert [getattr(*part) for part in parts] == before
    assert queues.IncomingMessage is aio_pika.IncomingMessage  # type: ignore[attr-defined]  # looked up there


async def test_what_was_instrumented_goes_on_silently_after_uninstrumenting(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrumentor = instrument()
    handled: asyncio.Queue[bytes] = asyncio.Queue()

    async def handle(message: AbstractIncomingMessage) -> None:
        await message.ack()
        await handled.put(message.body)

    await queue.consume(handle)
    instrumentor.uninstrument()
    await channel.default_exchange.publish(Message(b"tea"), "orders")

    assert await asyncio.wait_for(handled.get(), 5) == b"tea"
    assert seen.spans() == []


async def test_message_that_was_received_before_uninstrumenting_can_be_settled(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrumentor = instrument(settle="span")
    await channel.default_exchange.publish(Message(b"tea"), "orders")
    message = await queue.get()
    instrumentor.uninstrument()

    async with message.process():
        pass

    assert {span.name for span in seen.spans()} == {"publish orders", "get orders"}


async def test_suppressed_operations_have_no_spans(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()

    with suppress_instrumentation():
        await channel.default_exchange.publish(Message(b"tea"), "orders")
        await channel.default_exchange.publish(Message(b"tea"), "orders")
        message = await queue.get(no_ack=True)
        async for looped in queue:
            await looped.ack()
            break

    assert seen.spans() == []
    assert "traceparent" not in message.headers


async def test_without_an_sdk_messages_are_as_without_instrumentation(
    instrument: Instrument, channel: AbstractChannel, queue: Queue, reset_telemetry: None
) -> None:
    instrument(tracer_provider=None, meter_provider=None)

    for _ in range(2):
        await channel.default_exchange.publish(Message(b"tea", headers={"shop": "tea"}), "orders")
    first = await queue.get()
    await first.ack()
    async for second in queue:
        await second.ack()
        break

    assert first.headers == second.headers == {"shop": "tea"}


async def test_without_an_sdk_a_context_is_passed_on(
    instrument: Instrument, channel: AbstractChannel, queue: Queue, reset_telemetry: None
) -> None:
    instrument(tracer_provider=None, meter_provider=None)
    sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await channel.default_exchange.publish(Message(b"tea", headers={"traceparent": sent}), "orders")
    forwarded = await channel.declare_queue("forwarded", exclusive=True)

    async for message in queue:
        assert trace.get_current_span().get_span_context().trace_id == 0x0AF7651916CD43DD8448EB211C80319C
        await channel.default_exchange.publish(Message(b"tea"), "forwarded")
        await message.ack()
        break

    assert (await forwarded.get(no_ack=True)).headers == {"traceparent": sent}


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


async def test_wrong_setting_is_an_error_that_names_it(
    instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="settle='both': use one of event, span, none"):
        instrument(settle="both")
    monkeypatch.setenv("OTELKIT_AIO_PIKA_SINGLE_MESSAGE", "child")
    with pytest.raises(ValueError, match="OTELKIT_AIO_PIKA_SINGLE_MESSAGE='child': use one of parent, link"):
        instrument()
