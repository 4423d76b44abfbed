"""Loops that end by an exception, a cancel or a timeout leave neither a span nor a context behind."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel
from opentelemetry import trace
from opentelemetry.trace import StatusCode

from .conftest import Instrument, Seen
from .reading import exceptions_of, said

pytestmark = pytest.mark.integration


async def send(channel: AbstractChannel, count: int = 1) -> None:
    for _ in range(count):
        await channel.default_exchange.publish(Message(b"tea"), "orders")


def current() -> int:
    return trace.get_current_span().get_span_context().span_id


async def test_exception_inside_process_is_the_error_of_its_message_alone(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel, 2)

    async def work() -> None:
        async with queue.iterator() as messages:
            async for message in messages:
                async with message.process():
                    if message.delivery_tag == 2:
                        raise LookupError("no such order")

    with pytest.raises(LookupError):
        await asyncio.wait_for(work(), 5)
    good, bad = seen.all("process")

    assert good.status.status_code is StatusCode.UNSET
    assert bad.status.status_code is StatusCode.ERROR
    assert exceptions_of(bad) == ["LookupError"]
    assert current() == 0


async def test_exception_that_the_loop_catches_is_recorded_once(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel)

    async with queue.iterator() as messages:
        async for message in messages:
            try:
                async with message.process(requeue=False):
                    raise LookupError("no such order")
            except LookupError:
                break
    (process,) = await seen.wait_for("process")

    assert exceptions_of(process) == ["LookupError"]
    assert said(process)["error.type"] == "LookupError"


async def test_cancelled_loop_ends_its_span_and_detaches(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel)
    inside, after = asyncio.Event(), []

    async def work() -> None:
        try:
            async with queue.iterator() as messages:
                async for _ in messages:
                    inside.set()
                    await asyncio.Event().wait()
        finally:
            after.append(current())

    task = asyncio.create_task(work())
    await asyncio.wait_for(inside.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert after == [0]
    assert len(seen.all("process")) == 1


async def test_timeout_of_an_iterator_leaves_no_span_behind(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel)

    async def work() -> None:
        async with queue.iterator(timeout=0.1) as messages:
            async for message in messages:
                await message.ack()

    with pytest.raises(TimeoutError):
        await work()

    (process,) = seen.all("process")
    assert process.status.status_code is StatusCode.UNSET
    assert current() == 0


async def generate(queue: Queue) -> AsyncGenerator[Any]:
    async with queue.iterator() as messages:
        async for message in messages:
            yield message


async def test_generator_around_a_loop_that_is_closed_leaves_no_context(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel)

    async with aclosing(generate(queue)) as messages:
        async for message in messages:
            await message.ack()
            assert current() != 0
            break

    assert current() == 0
    assert len(seen.all("process")) == 1
