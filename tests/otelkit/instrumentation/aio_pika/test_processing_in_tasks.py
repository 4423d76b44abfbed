"""`processing()` called where a message arrives, and entered in a task that goes on."""

import asyncio
from typing import Any

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from opentelemetry import trace

from otelkit.instrumentation.aio_pika import processing

from .conftest import Instrument, Seen
from .reading import exceptions_of

pytestmark = pytest.mark.integration


async def send(channel: AbstractChannel, count: int) -> None:
    for _ in range(count):
        await channel.default_exchange.publish(Message(b"tea"), "orders")


def current() -> int:
    return trace.get_current_span().get_span_context().span_id


async def test_task_takes_the_loops_span_along(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel, 3)
    go, ids = asyncio.Event(), []

    async def work(message: AbstractIncomingMessage, block: Any) -> None:
        with block:
            await go.wait()
            ids.append(current())
            await message.ack()

    async with asyncio.TaskGroup() as tasks:
        count = 0
        async for message in queue:
            tasks.create_task(work(message, processing(message)))
            count += 1
            if count == 3:
                break
        assert seen.all("process") == []
        go.set()

    processes = seen.all("process")
    assert sorted(ids) == sorted(span.context.span_id for span in processes)
    assert [[event.name for event in span.events] for span in processes] == [["ack"]] * 3


async def test_task_takes_the_callbacks_span_along(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    blocks: asyncio.Queue[Any] = asyncio.Queue()

    async def hand_over(message: AbstractIncomingMessage) -> None:
        await blocks.put((processing(message), message))

    await queue.consume(hand_over)
    await send(channel, 1)
    block, message = await asyncio.wait_for(blocks.get(), 5)
    assert seen.all("process") == []
    with block:
        inside = current()
        await message.ack()

    process = seen.one("process")
    assert inside == process.context.span_id
    assert [event.name for event in process.events] == ["ack"]


async def test_exception_of_the_callback_is_that_of_the_span_that_a_block_ends(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    blocks: asyncio.Queue[Any] = asyncio.Queue()

    async def hand_over(message: AbstractIncomingMessage) -> None:
        await message.ack()
        await blocks.put(processing(message))
        raise LookupError("no such order")

    await queue.consume(hand_over)
    await send(channel, 1)
    with await asyncio.wait_for(blocks.get(), 5):
        pass

    assert exceptions_of(seen.one("process")) == ["LookupError"]
