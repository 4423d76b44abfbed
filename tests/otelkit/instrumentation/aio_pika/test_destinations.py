"""Names of destinations by the convention; ids and made-up names stay out of span names and points."""

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel
from yarl import URL

from otelkit.instrumentation.aio_pika.destinations import Namer, server_of

from .conftest import Instrument, Seen
from .reading import said

MADE_UP = "amq_" + "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("parts", "name", "template"),
    [
        (("logs", "warning"), "logs:warning", "logs:warning"),
        (("logs", ""), "logs", "logs"),
        (("", "orders"), "orders", "orders"),
        (("logs", "warning", "inbox"), "logs:warning:inbox", "logs:warning:inbox"),
        (("", "orders", "orders"), "orders", "orders"),
        (("logs", "inbox", "inbox"), "logs:inbox", "logs:inbox"),
        ((None, None, "orders"), "orders", "orders"),
        (("shop", "orders.4711.paid"), "shop:orders.4711.paid", "shop:orders.{id}.paid"),
        (("", "amq.gen-Xa2TqAz", "amq.gen-Xa2TqAz"), "amq.gen-Xa2TqAz", "(anonymous)"),
        (("logs", "warning", MADE_UP), f"logs:warning:{MADE_UP}", "logs:warning:(anonymous)"),
        (("", "amq.rabbitmq.reply-to.g2dkAB"), "amq.rabbitmq.reply-to.g2dkAB", "(anonymous)"),
        (("", "customers.bob"), "customers.bob", "customers.{customer}"),
    ],
)
def test_destination_is_composed_by_the_convention(
    parts: tuple[str | None, ...], name: str, template: str
) -> None:
    assert Namer(["customers.{customer}"]).compose(*parts) == (name, template)


@pytest.mark.parametrize(
    ("url", "address", "port"),
    [
        ("amqp://guest:secret@broker:5673/", "broker", 5673),
        ("amqp://guest:secret@broker/", "broker", 5672),
        ("amqps://guest:secret@broker/", "broker", 5671),
        ("amqp://[::1]:5672/", "::1", 5672),
    ],
)
def test_server_is_that_of_the_url_without_the_password(url: str, address: str, port: int) -> None:
    server = server_of(URL(url))

    assert (server["server.address"], server["server.port"]) == (address, port)
    assert "secret" not in str(server)


@pytest.mark.integration
async def test_exchange_and_key_and_queue_name_the_consumers_span(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    exchange = await channel.declare_exchange("shop", "topic", auto_delete=True)
    await queue.bind(exchange, "order.*")

    await exchange.publish(Message(b"tea"), "order.4711")
    await queue.get(no_ack=True)

    publish, get = seen.one("publish"), seen.one("get")
    assert publish.name == "publish shop:order.{id}"
    assert said(publish)["messaging.destination.name"] == "shop:order.4711"
    assert said(publish)["messaging.destination.template"] == "shop:order.{id}"
    assert said(publish)["messaging.rabbitmq.destination.routing_key"] == "order.4711"
    assert get.name == "get shop:order.{id}:orders"
    (point,) = seen.points("messaging.client.sent.messages")
    assert point.attributes["messaging.destination.template"] == "shop:order.{id}"
    assert "messaging.destination.name" not in point.attributes


@pytest.mark.integration
async def test_reply_queues_are_one_destination(
    instrument: Instrument, seen: Seen, channel: AbstractChannel
) -> None:
    instrument()
    for _ in range(2):
        replies = await channel.declare_queue(exclusive=True)
        await channel.default_exchange.publish(Message(b"tea"), replies.name)
        await replies.get(no_ack=True)

    assert [span.name for span in seen.spans()] == ["publish (anonymous)", "get (anonymous)"] * 2
    for span in seen.spans():
        assert said(span)["messaging.destination.anonymous"] is True
        assert said(span)["messaging.destination.temporary"] is True
    assert len(seen.points("messaging.client.sent.messages")) == 1
    assert len(seen.points("messaging.client.operation.duration", messaging_operation_name="publish")) == 1


@pytest.mark.integration
async def test_templates_can_be_given(instrument: Instrument, seen: Seen, channel: AbstractChannel) -> None:
    instrument(templates=["customers.{customer}.orders"])

    await channel.default_exchange.publish(Message(b"tea"), "customers.bob.orders")

    assert seen.one("publish").name == "publish customers.{customer}.orders"
