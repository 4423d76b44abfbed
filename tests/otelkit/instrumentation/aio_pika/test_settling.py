"""Acknowledgements by all three settings."""

from typing import Any

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import MessageProcessError
from opentelemetry.trace import SpanKind, StatusCode

from otelkit.instrumentation.aio_pika import processing

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


@EACH_WAY
async def test_settlement_that_fails_is_an_event_that_says_so(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue, way: str
) -> None:
    instrument()
    await channel.default_exchange.publish(Message(b"tea"), "orders")
    message = await queue.get()

    with processing(message):
        await message.ack()
        with pytest.raises(MessageProcessError):
            await WAYS[way][0](message)

    process = seen.one("process")
    done, failed = process.events
    error_type = {"error.type": "aio_pika.exceptions.MessageProcessError"}
    assert (done.name, dict(done.attributes or {})) == ("ack", {})
    assert (failed.name, dict(failed.attributes or {})) == (way, {**WAYS[way][1], **error_type})
    assert process.status.status_code is StatusCode.UNSET
