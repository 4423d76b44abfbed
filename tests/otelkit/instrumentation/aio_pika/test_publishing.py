"""A publish ends with the broker's answer; what is refused, comes back or never arrives is an error."""

import asyncio
from typing import Any

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import DeliveryError
from opentelemetry.trace import StatusCode

from .conftest import Instrument, Seen
from .reading import exceptions_of, said

pytestmark = pytest.mark.integration


async def test_unroutable_message_is_an_error_even_when_nothing_raises(
    instrument: Instrument, seen: Seen, channel: AbstractChannel
) -> None:
    instrument()

    await channel.default_exchange.publish(Message(b"tea"), "nowhere", mandatory=True)

    publish = seen.one("publish")
    assert publish.name == "publish nowhere"
    assert publish.status.status_code is StatusCode.ERROR
    assert said(publish)["error.type"] == "NO_ROUTE"
    assert seen.points("messaging.client.operation.duration", error_type="NO_ROUTE")


async def test_unroutable_message_that_raises_keeps_its_body_out_of_the_span(
    instrument: Instrument, seen: Seen, connection: AbstractConnection
) -> None:
    instrument()
    channel = await connection.channel(on_return_raises=True)

    with pytest.raises(DeliveryError):
        await channel.default_exchange.publish(Message(b"secret"), "nowhere")

    publish = seen.one("publish")
    assert said(publish)["error.type"] == "NO_ROUTE"
    assert exceptions_of(publish) == []
    assert "secret" not in publish.to_json()


async def test_nack_is_an_error(instrument: Instrument, seen: Seen, channel: AbstractChannel) -> None:
    instrument()
    full = await channel.declare_queue(
        exclusive=True, arguments={"x-max-length": 1, "x-overflow": "reject-publish"}
    )
    await channel.default_exchange.publish(Message(b"first"), full.name)

    with pytest.raises(DeliveryError):
        await channel.default_exchange.publish(Message(b"second"), full.name)

    good, bad = seen.all("publish")
    assert good.status.status_code is StatusCode.UNSET
    assert bad.status.status_code is StatusCode.ERROR
    assert said(bad)["error.type"] == "Basic.Nack"


async def test_publish_without_confirms_ends_when_it_is_written(
    instrument: Instrument, seen: Seen, connection: AbstractConnection
) -> None:
    instrument()
    channel = await connection.channel(publisher_confirms=False)

    await channel.default_exchange.publish(Message(b"tea"), "nowhere")

    assert seen.one("publish").status.status_code is StatusCode.UNSET


async def test_closed_channel_is_an_error(
    instrument: Instrument, seen: Seen, channel: AbstractChannel
) -> None:
    instrument()
    exchange = channel.default_exchange
    await channel.close()

    with pytest.raises(Exception, match="closed"):
        await exchange.publish(Message(b"tea"), "orders")

    assert said(seen.one("publish"))["error.type"] == "aiormq.exceptions.ChannelInvalidStateError"


async def test_message_that_is_published_twice_at_once_is_never_changed(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    headers: dict[str, Any] = {"shop": "tea"}
    message = Message(b"tea", headers=headers)
    before = message.info()

    await asyncio.gather(*(channel.default_exchange.publish(message, "orders") for _ in range(2)))
    parents = {str((await queue.get(no_ack=True)).headers["traceparent"]) for _ in range(2)}

    assert (message.info(), headers, message.locked) == (before, {"shop": "tea"}, False)
    assert {parent.split("-")[2] for parent in parents} == {
        format(span.context.span_id, "016x") for span in seen.all("publish")
    }
    assert len({said(span)["messaging.message.id"] for span in seen.all("publish")}) == 2


async def test_sent_and_consumed_messages_are_counted(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    for _ in range(3):
        await channel.default_exchange.publish(Message(b"tea"), "orders")
    await queue.get(no_ack=True)

    (sent,) = seen.points("messaging.client.sent.messages", messaging_destination_name="orders")
    (consumed,) = seen.points("messaging.client.consumed.messages", messaging_destination_name="orders")
    assert (sent.value, consumed.value) == (3, 1)
