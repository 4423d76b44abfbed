"""Messages from strangers: what their headers say is not what the server or we say."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from nats_jetstream.shapes import Order
from nats_jetstream.shop import Shop
from nats_jetstream.topology import PLACED

pytestmark = pytest.mark.integration
Until = Callable[[Callable[[], Awaitable[Any]]], Awaitable[None]]
# nats-py takes a message with this header for the server's word on a pull, whoever sent it.
STATUSES = ("100", "503", "nonsense")


async def test_message_that_looks_like_a_status_of_the_server_is_not_lost_and_holds_nobody_up(
    open_shop_with: Any, until: Until
) -> None:
    async with open_shop_with(ack_wait_seconds=0.3, max_deliver=2) as shop:
        hostile = [Order(item="lamp") for _ in STATUSES]
        good = [Order(item="tea") for _ in range(10)]
        for status, order in zip(STATUSES, hostile, strict=True):
            await publish(shop, order, {"Status": status})
        for order in good:
            await publish(shop, order, {})

        async def are_fulfilled() -> bool:
            return all([await shop.record.is_fulfilled(str(order.id)) for order in good])

        async def are_kept() -> bool:
            return len(await shop.letters.list(10)) == len(hostile)

        async with asyncio.timeout(5):
            await until(are_fulfilled)
        await until(are_kept)
        await publish(shop, after := Order(item="tea"), {})
        await until(lambda: shop.record.is_fulfilled(str(after.id)))


async def publish(shop: Shop, order: Order, headers: dict[str, str]) -> None:
    await shop.connection.jetstream.publish(PLACED, order.model_dump_json().encode(), headers=headers)
