"""Acknowledgements by all three settings, and what a message says of its deliveries before this one."""

from typing import Any

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from opentelemetry.trace import SpanKind, StatusCode

from .conftest import Instrument, Seen
from .reading import is_child, is_linked, said

pytestmark = pytest.mark.integration

WAYS: dict[str, tuple[Any, dict[str, Any]]] = {
    "ack": (lambda message: message.ack(), {}),
    "nack": (lambda message: message.nack(requeue=False), {"messaging.rabbitmq.requeue": False}),
    "reject": (lambda message: message.reject(requeue=False), {"messaging.rabbitmq.requeue": False}),
}
EACH_WAY = pytest.mark.parametrize("way", WAYS)


async def send_and_settle(seen: Seen, channel: AbstractChannel, queue: Queue, way: str) -> None:
    async def handle(message: AbstractIncomingMessage) -> None:
        await WAYS[way][0](message)

    await queue.consume(handle)
    await channel.default_exchange.publish(Message(b"tea"), "orders")
    await seen.wait_for("process")


@EACH_WAY
async def test_settlement_is_an_event_of_the_process_span(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue, way: str
) -> None:
    instrument()

    await send_and_settle(seen, channel, queue, way)

    (event,) = seen.one("process").events
    assert (event.name, dict(event.attributes or {})) == (way, WAYS[way][1])


@EACH_WAY
async def test_settlement_is_a_span_by_setting(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue, way: str
) -> None:
    instrument(settle="span")

    await send_and_settle(seen, channel, queue, way)

    settle = seen.one(way)
    assert (settle.name, settle.kind) == (f"{way} orders", SpanKind.CLIENT)
    assert is_child(settle, seen.one("process"))
    assert is_linked(settle, seen.one("publish"))
    assert {
        "messaging.operation.type": "settle",
        "messaging.rabbitmq.message.delivery_tag": 1,
        **WAYS[way][1],
    }.items() <= said(settle).items()
    assert seen.points("messaging.client.operation.duration", messaging_operation_name=way)


async def test_settlement_is_nothing_by_setting(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument(settle="none")

    await send_and_settle(seen, channel, queue, "ack")

    assert not seen.one("process").events
    assert {span.name for span in seen.spans()} == {"publish orders", "process orders"}


async def test_settlement_that_fails_is_an_error_of_its_span(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument(settle="span")
    await channel.default_exchange.publish(Message(b"tea"), "orders")
    message = await queue.get()
    await message.ack()

    with pytest.raises(Exception, match="already processed"):
        await message.ack()

    good, bad = seen.all("ack")
    assert good.status.status_code is StatusCode.UNSET
    assert said(bad)["error.type"] == "aio_pika.exceptions.MessageProcessError"


async def test_requeued_message_says_that_it_was_redelivered(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()

    async def handle(message: AbstractIncomingMessage) -> None:
        await (message.ack() if message.redelivered else message.reject(requeue=True))

    await queue.consume(handle)
    await channel.default_exchange.publish(Message(b"tea"), "orders")
    first, second = await seen.wait_for("process", 2)

    assert dict(first.events[0].attributes or {}) == {"messaging.rabbitmq.requeue": True}
    assert "messaging.rabbitmq.message.redelivered" not in said(first)
    assert said(second)["messaging.rabbitmq.message.redelivered"] is True
    assert first.context.trace_id == second.context.trace_id


async def test_quorum_queue_counts_deliveries(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, kind: str
) -> None:
    instrument()
    name = f"counted-{kind}"
    queue = await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})

    async def handle(message: AbstractIncomingMessage) -> None:
        await (message.ack() if message.headers.get("x-delivery-count") == 2 else message.nack())

    await queue.consume(handle)
    await channel.default_exchange.publish(Message(b"tea"), name)
    processes = await seen.wait_for("process", 3)
    await queue.delete(if_unused=False, if_empty=False)

    counts = [said(span).get("messaging.rabbitmq.message.delivery_count") for span in processes]
    assert counts[1:] == [2, 3]


async def test_dead_letter_says_how_often_it_died_and_of_what(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    dead = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "orders"}
    await channel.declare_queue("retries", exclusive=True, arguments={**dead, "x-message-ttl": 1})

    async def handle(message: AbstractIncomingMessage) -> None:
        await message.ack()

    await queue.consume(handle)
    await channel.default_exchange.publish(Message(b"tea"), "retries")
    (process,) = await seen.wait_for("process")

    assert said(process)["messaging.rabbitmq.message.death_count"] == 1
    assert said(process)["messaging.rabbitmq.message.death_reason"] == "expired"
    assert is_child(process, seen.one("publish"))
