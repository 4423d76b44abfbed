"""The broker goes away and comes back, or is full: nothing that it took is lost, and everything goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from nats_jetstream.errors import FullError, UnavailableError
from nats_jetstream.publisher import Publisher
from nats_jetstream.responder import ask_quote
from nats_jetstream.shapes import Order, QuoteRequest
from nats_jetstream.shop import Shop
from nats_jetstream.topology import ORDERS
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


async def test_full_stream_refuses_and_keeps_what_it_has(open_shop_with: Any) -> None:
    async with open_shop_with(stream_bytes=65536, instances=0) as shop:
        await shop.publisher.place(Order(item="tea", note="x" * 50_000))

        with pytest.raises(FullError, match="maximum bytes exceeded"):
            await shop.publisher.place(Order(item="tea", note="x" * 50_000))

        assert (await shop.connection.jetstream.stream_info(ORDERS)).state.first_seq == 1
