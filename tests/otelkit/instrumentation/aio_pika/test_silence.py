"""Where nobody listens nothing is added to messages, but a context that came along is passed on."""

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel
from opentelemetry import trace
from opentelemetry.instrumentation.utils import suppress_instrumentation

from .conftest import Instrument, Seen

pytestmark = pytest.mark.integration


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
