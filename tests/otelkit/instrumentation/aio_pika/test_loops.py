"""`queue.iterator()`: the process span is current in the loop's body, and ends however the body does."""

import asyncio

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan

from .conftest import Instrument, Seen
from .reading import is_child

pytestmark = pytest.mark.integration


async def send(channel: AbstractChannel, count: int = 1) -> None:
    for _ in range(count):
        await channel.default_exchange.publish(Message(b"tea"), "orders")


def current() -> int:
    return trace.get_current_span().get_span_context().span_id


async def loop_in_context(queue: Queue, ids: list[int], count: int) -> None:
    async with queue.iterator() as messages:
        async for message in messages:
            async with message.process():
                ids.append(current())
            if len(ids) == count:
                break
    ids.append(current())


async def loop_plainly(queue: Queue, ids: list[int], count: int) -> None:
    async for message in queue:
        await message.ack()
        ids.append(current())
        if len(ids) == count:
            break
    ids.append(current())


LOOPS = pytest.mark.parametrize("loop", [loop_in_context, loop_plainly])


@LOOPS
async def test_each_turn_has_the_span_of_its_message(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue, loop: object
) -> None:
    instrument()
    await send(channel, 3)
    ids: list[int] = []

    await asyncio.wait_for(loop(queue, ids, 3), 5)  # type: ignore[operator]  # both loops

    processes, publishes = seen.all("process"), seen.all("publish")
    assert ids == [*(span.context.span_id for span in processes), 0]
    assert all(is_child(*pair) for pair in zip(processes, publishes, strict=True))
    assert [[event.name for event in span.events] for span in processes] == [["ack"]] * 3
    assert [span.name for span in processes] == ["process orders"] * 3


async def test_loop_inside_a_span_stays_in_it_after_each_turn(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel)
    tracer = seen.tracers.get_tracer("test")

    with tracer.start_as_current_span("work") as work:
        async for message in queue:
            await message.ack()
            break
        assert trace.get_current_span() is work


def links(span: ReadableSpan) -> list[int]:
    return [link.context.span_id for link in span.links]


async def test_link_mode_leaves_the_loop_around_as_parent(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument(single_message="link")
    await send(channel)
    tracer = seen.tracers.get_tracer("test")

    with tracer.start_as_current_span("work"):
        async for message in queue:
            await message.ack()
            break
    process, publish, work = seen.one("process"), seen.one("publish"), seen.one("work")

    assert is_child(process, work)
    assert links(process) == [publish.context.span_id]
    assert process.context.trace_id != publish.context.trace_id
