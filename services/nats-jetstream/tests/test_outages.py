"""The broker goes away and comes back, is full, or throws messages away: nothing of it passes in silence."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from nats_jetstream.errors import FullError, UnavailableError
from nats_jetstream.publisher import Publisher
from nats_jetstream.responder import ask_quote
from nats_jetstream.settings import Settings
from nats_jetstream.shapes import Order, QuoteRequest
from nats_jetstream.shop import Shop
from nats_jetstream.topology import ORDERS
from otelkit.testing import Sink
from otelkit.testing.servers.server import Server

pytestmark = pytest.mark.integration
Until = Callable[[Callable[[], Awaitable[Any]]], Awaitable[None]]


async def away(shop: Shop, server: Server, until: Until) -> None:
    """Kill the server, and wait until the shop knows."""

    async def is_known() -> bool:
        return not shop.connection.client.is_connected

    await asyncio.to_thread(server.kill)
    await until(is_known)


async def test_orders_published_during_an_outage_arrive_when_it_is_over(
    shop: Shop, own_nats_server: Server, until: Until
) -> None:
    await away(shop, own_nats_server, until)
    orders = [Order(item="tea") for _ in range(10)]
    publishing = asyncio.gather(*(shop.publisher.place(order) for order in orders))
    await asyncio.to_thread(own_nats_server.restart)

    assert await publishing == [False] * 10

    async def all_fulfilled() -> bool:
        return all([await shop.record.is_fulfilled(str(order.id)) for order in orders])

    await until(all_fulfilled)


async def test_order_is_refused_when_the_outage_is_longer_than_the_patience(
    shop: Shop, own_nats_server: Server, until: Until
) -> None:
    await away(shop, own_nats_server, until)
    impatient = Publisher(shop.connection.jetstream, 1 << 20, 0.2)

    with pytest.raises(UnavailableError, match="no answer"):
        await impatient.place(Order(item="tea"))


async def test_buffer_that_is_full_is_an_error_at_once(
    open_shop_with: Any, own_nats_server: Server, until: Until
) -> None:
    async with open_shop_with(buffer_bytes=65536) as shop:
        await away(shop, own_nats_server, until)
        with pytest.raises(UnavailableError, match="the buffer is full"):
            await shop.publisher.place(Order(item="tea", note="x" * 70_000))


async def test_everything_works_again_after_an_outage(
    shop: Shop, own_nats_server: Server, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    await away(shop, own_nats_server, until)
    await asyncio.to_thread(own_nats_server.restart)

    async def is_back() -> bool:
        return shop.connection.client.is_connected

    await until(is_back)
    quote = await ask_quote(shop.connection.client, QuoteRequest(item="tea"), 5)
    assert quote.price_cents == 300
    await shop.stock.add("lamp", 5)

    async def is_seen() -> bool:
        return shop.watch.shelves["lamp"].level == 205

    await until(is_seen)


async def test_outage_is_an_event_and_counted(
    shop: Shop, own_nats_server: Server, until: Until, otlp_sink: Sink
) -> None:
    await away(shop, own_nats_server, until)
    await asyncio.to_thread(own_nats_server.restart)

    def are_there(_: object) -> bool:
        names = {log.event_name for log in otlp_sink.logs()}
        return {"nats.disconnected", "nats.reconnected"} <= names

    await asyncio.to_thread(otlp_sink.wait_for_logs, are_there)
    for name in ("messaging.nats.client.disconnections", "messaging.nats.client.reconnections"):
        points = await asyncio.to_thread(
            otlp_sink.wait_for_metrics, lambda some, name=name: any(point.name == name for point in some)
        )
        assert [point.value for point in points if point.name == name][-1] == 1


async def test_slow_consumer_is_an_event_and_each_lost_message_is_counted(
    open_shop_with: Any, settings: Settings, otlp_sink: Sink, until: Until
) -> None:
    async with open_shop_with(notices_pending=1) as shop:
        for _ in range(500):
            await shop.connection.client.publish("shop.notices.x", b"tea")
        await shop.connection.client.flush()

        def is_there(_: object) -> bool:
            return any(log.event_name == "otelkit.nats.slow_consumer" for log in otlp_sink.logs())

        await asyncio.to_thread(otlp_sink.wait_for_logs, is_there)
        name = "otelkit.nats.slow_consumer.dropped"
        points = await asyncio.to_thread(
            otlp_sink.wait_for_metrics, lambda some: any(point.name == name for point in some)
        )
    dropped = [point for point in points if point.name == name][-1]
    assert dropped.attributes["messaging.consumer.group.name"] == "mailers"
    assert 0 < (dropped.value or 0) <= 500


async def test_full_stream_refuses_and_keeps_what_it_has(open_shop_with: Any) -> None:
    async with open_shop_with(stream_bytes=65536, instances=0) as shop:
        await shop.publisher.place(Order(item="tea", note="x" * 50_000))

        with pytest.raises(FullError, match="maximum bytes exceeded"):
            await shop.publisher.place(Order(item="tea", note="x" * 50_000))

        assert (await shop.connection.jetstream.stream_info(ORDERS)).state.first_seq == 1


async def test_lag_and_dead_letters_are_gauges(open_shop_with: Any, otlp_sink: Sink, until: Until) -> None:
    async with open_shop_with(instances=0) as shop:
        for _ in range(3):
            await shop.publisher.place(Order(item="tea"))

        def is_there(_: object) -> bool:
            points = otlp_sink.metrics("messaging.nats.consumer.pending")
            return any(point.value == 3 for point in points)

        points = await asyncio.to_thread(otlp_sink.wait_for_metrics, is_there)

    names = {point.name for point in points}
    assert {f"messaging.nats.consumer.{name}" for name in ("pending", "ack_pending", "redelivered")} <= names
    (letters,) = {point.value for point in points if point.name == "messaging.nats.stream.messages"}
    assert letters == 0
    behind = next(p for p in points if (p.name, p.value) == ("messaging.nats.consumer.pending", 3))
    assert behind.attributes == {
        "messaging.system": "nats",
        "messaging.nats.stream.name": "ORDERS",
        "messaging.consumer.group.name": "fulfilment",
    }
