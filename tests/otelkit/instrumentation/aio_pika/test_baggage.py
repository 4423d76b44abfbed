"""Baggage goes to brokers that may see it, and from there to who processes the message."""

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel
from opentelemetry import baggage
from opentelemetry.context import attach, detach

from otelkit.testing.servers.server import Server

from .conftest import Instrument

pytestmark = pytest.mark.integration


async def send(channel: AbstractChannel) -> None:
    token = attach(baggage.set_baggage("shop", "tea"))
    try:
        await channel.default_exchange.publish(Message(b"tea"), "orders")
    finally:
        detach(token)


async def test_no_broker_sees_baggage_by_default(
    instrument: Instrument, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()

    await send(channel)

    assert "baggage" not in (await queue.get(no_ack=True)).headers


@pytest.mark.parametrize("mode", ["parent", "link"])
async def test_baggage_reaches_the_loop_by_way_of_an_allowed_broker(
    instrument: Instrument, channel: AbstractChannel, queue: Queue, rabbitmq_server: Server, mode: str
) -> None:
    instrument(baggage_hosts=[rabbitmq_server.host], single_message=mode)
    await send(channel)

    async for message in queue:
        await message.ack()
        assert baggage.get_baggage("shop") == "tea"
        break
