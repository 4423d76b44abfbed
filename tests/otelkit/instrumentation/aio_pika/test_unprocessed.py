"""`unprocessed()` and `processing_all()`: loops and callbacks that hand over, and batches."""

import asyncio

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from opentelemetry import trace
from opentelemetry.trace import SpanKind

from otelkit.instrumentation.aio_pika import processing, processing_all, unprocessed

from .conftest import Instrument, Seen
from .reading import is_child, said

pytestmark = pytest.mark.integration


async def send(channel: AbstractChannel, count: int) -> None:
    for _ in range(count):
        await channel.default_exchange.publish(Message(b"tea"), "orders")


def current() -> int:
    return trace.get_current_span().get_span_context().span_id


async def test_loop_that_hands_over_leaves_the_span_to_who_processes(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel, 2)

    async def work(message: AbstractIncomingMessage) -> None:
        with processing(message):
            await message.ack()

    async with queue.iterator() as messages, asyncio.TaskGroup() as tasks:
        count = 0
        async for message in unprocessed(messages):
            assert current() == 0
            tasks.create_task(work(message))
            count += 1
            if count == 2:
                break

    assert [span.name for span in seen.all("process")] == ["process orders"] * 2
    (point,) = seen.points("messaging.client.consumed.messages")
    assert point.value == 2


async def test_callback_that_hands_over_leaves_the_span_to_who_processes(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    inbox: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    await queue.consume(unprocessed(inbox.put))
    await send(channel, 1)

    message = await asyncio.wait_for(inbox.get(), 5)
    assert seen.all("process") == []
    with processing(message):
        await message.ack()

    assert is_child(seen.one("process"), seen.one("publish"))


async def test_batch_is_one_span_with_a_link_to_each_message(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel, 3)
    batch = []
    async for message in unprocessed(queue):
        batch.append(message)
        if len(batch) == 3:
            break

    with processing_all(batch):
        inside = current()
        await batch[-1].ack(multiple=True)
    process = seen.one("process")

    assert (process.name, process.kind, process.parent) == ("process orders", SpanKind.CONSUMER, None)
    assert inside == process.context.span_id
    assert said(process)["messaging.batch.message_count"] == 3
    assert {link.context.span_id for link in process.links} == {
        span.context.span_id for span in seen.all("publish")
    }
    assert [event.name for event in process.events] == ["ack"]


async def test_batch_of_two_queues_names_neither(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    other = await channel.declare_queue("returns", exclusive=True)
    await channel.default_exchange.publish(Message(b"tea"), "orders")
    await channel.default_exchange.publish(Message(b"tea"), "returns")

    with processing_all([await queue.get(no_ack=True), await other.get(no_ack=True)]):
        pass

    assert seen.one("process").name == "process"
    assert len(seen.one("process").links) == 2


async def test_message_of_a_batch_of_two_queues_still_knows_its_own(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument(settle="span")
    other = await channel.declare_queue("returns", exclusive=True)
    await channel.default_exchange.publish(Message(b"tea"), "orders")
    await channel.default_exchange.publish(Message(b"tea"), "returns")
    batch = [await queue.get(), await other.get()]

    with processing_all(batch):
        for message in batch:
            await message.ack()

    acks = seen.all("ack")
    assert [span.name for span in acks] == ["ack orders", "ack returns"]
    assert all("server.port" in said(span) for span in acks)


def test_what_gives_no_messages_is_refused() -> None:
    with pytest.raises(TypeError, match="give a queue, its iterator or a callback"):
        unprocessed("orders")
