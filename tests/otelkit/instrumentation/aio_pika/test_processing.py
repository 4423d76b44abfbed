"""`processing()`, `processing_all()` and `unprocessed()`: process spans of the application's own choosing."""

from typing import Any

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel
from opentelemetry import trace

from otelkit.instrumentation.aio_pika import processing, processing_all

from .conftest import Instrument, Seen
from .reading import exceptions_of, is_child, is_linked, said

pytestmark = pytest.mark.integration


async def send(channel: AbstractChannel, count: int) -> None:
    for _ in range(count):
        await channel.default_exchange.publish(Message(b"tea"), "orders")


def current() -> int:
    return trace.get_current_span().get_span_context().span_id


async def test_message_of_get_is_processed_in_a_block(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel, 1)

    message = await queue.get()
    with processing(message):
        inside = current()
        await message.ack()
    process = seen.one("process")

    assert process.name == "process orders"
    assert inside == process.context.span_id
    assert [event.name for event in process.events] == ["ack"]
    assert is_child(process, seen.one("publish"))
    assert is_linked(process, seen.one("publish"))
    points = seen.points("messaging.client.consumed.messages")
    assert [(point.attributes["messaging.operation.name"], point.value) for point in points] == [("get", 1)]


async def test_exception_in_the_block_is_recorded_once(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel, 1)
    message = await queue.get()

    async def work() -> None:
        with processing(message):
            async with message.process():
                raise LookupError("no such order")

    with pytest.raises(LookupError):
        await work()

    assert exceptions_of(seen.one("process")) == ["LookupError"]


async def test_block_in_a_loop_tells_the_loops_span_what_it_raised(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel, 2)

    async def work() -> None:
        async for message in queue:
            with processing(message):
                await message.ack()
                if message.delivery_tag == 2:
                    raise LookupError("no such order")

    with pytest.raises(LookupError):
        await work()
    good, bad = seen.all("process")

    assert (exceptions_of(good), exceptions_of(bad)) == ([], ["LookupError"])
    assert current() == 0


async def test_block_that_is_never_entered_ends_its_span(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await send(channel, 1)

    processing(await queue.get(no_ack=True))

    assert len(seen.all("process")) == 1


async def test_message_from_before_instrumenting_is_processed_as_well(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue, rabbitmq_server: Any
) -> None:
    await send(channel, 1)
    message = await queue.get(no_ack=True)
    instrument()

    with processing(message):
        pass

    assert said(seen.one("process"))["server.port"] == rabbitmq_server.port


async def test_without_instrumentation_blocks_do_nothing(
    seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    await send(channel, 2)
    first, second = await queue.get(no_ack=True), await queue.get(no_ack=True)

    with processing(first), processing_all([first, second]), processing_all([]):
        assert current() == 0

    assert seen.spans() == []
