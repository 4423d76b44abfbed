"""Instrumenting early, late, not at all and again; connections that come back; channels of a pool."""

import asyncio

import aio_pika
import pytest
from aio_pika import Exchange, Message, Queue
from aio_pika import queue as queues
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.patterns import RPC
from aio_pika.queue import QueueIterator

from .conftest import Instrument, Seen
from .reading import is_child

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


async def test_consumer_is_seen_by_who_instruments_next(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrumentor = instrument()

    async def handle(message: AbstractIncomingMessage) -> None:
        await message.ack()

    await queue.consume(handle)
    instrumentor.uninstrument()
    instrument()
    await channel.default_exchange.publish(Message(b"tea"), "orders")
    (process,) = await seen.wait_for("process")

    assert is_child(process, seen.one("publish"))
    assert [event.name for event in process.events] == ["ack"]


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


async def test_wrong_setting_is_an_error_that_names_it(
    instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="settle='both': use one of event, span, none"):
        instrument(settle="both")
    monkeypatch.setenv("OTELKIT_AIO_PIKA_SINGLE_MESSAGE", "child")
    with pytest.raises(ValueError, match="OTELKIT_AIO_PIKA_SINGLE_MESSAGE='child': use one of parent, link"):
        instrument()
