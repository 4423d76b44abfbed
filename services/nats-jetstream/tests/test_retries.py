"""What becomes of messages that fail: they come again after pauses, and hold nobody up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from nats_jetstream.customer import Customer
from nats_jetstream.shapes import DeadLetter, Order
from nats_jetstream.shop import Shop
from nats_jetstream.topology import DEAD_LETTERS, ORDERS, WORKERS
from otelkit.testing import Sink

pytestmark = pytest.mark.integration
Until = Callable[[Callable[[], Awaitable[Any]]], Awaitable[None]]
TOO_MANY = Order(item="chair", quantity=900)
ADVISORY = f"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{ORDERS}.{WORKERS}"


async def letters_of(shop: Shop, count: int, until: Until) -> list[DeadLetter]:
    async def have_come() -> bool:
        return len(await shop.letters.list(100)) >= count

    await until(have_come)
    return await shop.letters.list(100)


def deliveries(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.message.startswith("delivery")]


async def test_poison_message_comes_the_set_number_of_times_and_is_kept_with_the_reason(
    customer: Customer, shop: Shop, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    await customer.place(TOO_MANY)

    (letter,) = await letters_of(shop, 1, until)
    assert [line[:10] for line in deliveries(caplog)] == ["delivery 1", "delivery 2", "delivery 3"]
    assert (letter.reason, letter.error_type, letter.deliveries) == ("max_deliver", "OutOfStockError", 3)
    stored = await shop.connection.jetstream.get_msg(DEAD_LETTERS, letter.sequence)
    assert stored.data == TOO_MANY.model_dump_json().encode()
    assert stored.subject == "dead.orders.placed"


async def test_poison_message_does_not_hold_up_the_others(
    customer: Customer, shop: Shop, until: Until
) -> None:
    good = [Order(item="tea") for _ in range(20)]
    for order in (TOO_MANY, *good, Order(item="chair", quantity=901)):
        await customer.place(order)

    async def all_fulfilled() -> bool:
        done = [await shop.record.is_fulfilled(str(order.id)) for order in good]
        return all(done)

    await until(all_fulfilled)
    assert len(await letters_of(shop, 2, until)) == 2


async def test_deliveries_are_apart_by_the_pauses_that_were_set(
    customer: Customer, shop: Shop, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    await customer.place(TOO_MANY)
    await letters_of(shop, 1, until)

    times = [record.created for record in caplog.records if record.message.startswith("delivery")]
    first, second = times[1] - times[0], times[2] - times[1]
    assert first > 0.29
    assert 0.09 < second < first


async def test_long_work_is_not_given_to_somebody_else(
    open_shop_with: Any, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with open_shop_with(packing_seconds=1.2, ack_wait_seconds=0.4) as shop:
        order = Order(item="tea")
        await shop.publisher.place(order)
        await until(lambda: shop.record.is_fulfilled(str(order.id)))
        info = await shop.connection.jetstream.consumer_info(ORDERS, WORKERS)

    assert info.delivered is not None
    assert info.delivered.consumer_seq == 1


async def test_redeliveries_and_dead_letters_are_counted(
    customer: Customer, shop: Shop, until: Until, otlp_sink: Sink
) -> None:
    await customer.place(TOO_MANY)
    await letters_of(shop, 1, until)

    def newest(name: str) -> float:
        points = [point.value or 0 for point in otlp_sink.metrics(name)]
        return max(points, default=0)

    def are_there(_: object) -> bool:
        return newest("messaging.nats.consumer.redeliveries") == 2 and newest("shop.dead_letters") == 1

    await asyncio.to_thread(otlp_sink.wait_for_metrics, are_there)
    attributes = otlp_sink.metrics("shop.dead_letters")[-1].attributes
    assert attributes == {"error.type": "OutOfStockError", "shop.dead.reason": "max_deliver"}
