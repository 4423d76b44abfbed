"""An order is fulfilled once, however often it is published, delivered, or left half done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from nats_jetstream.customer import Customer
from nats_jetstream.record import Entry
from nats_jetstream.shapes import Order
from nats_jetstream.shop import Shop
from nats_jetstream.topology import ORDERS, PLACED, WORKERS

pytestmark = pytest.mark.integration
Until = Callable[[Callable[[], Awaitable[Any]]], Awaitable[None]]
TEA = 1000  # in the beginning


def times_fulfilled(caplog: pytest.LogCaptureFixture) -> int:
    return [record.message for record in caplog.records].count("order fulfilled")


async def settled(shop: Shop) -> bool:
    """Nothing is waiting, and nothing is under way."""
    (workers, _) = (await shop.lag.ask()).consumers
    return workers.pending == workers.ack_pending == 0


async def test_order_published_twice_is_in_the_stream_once(customer: Customer, shop: Shop) -> None:
    order = Order(item="tea")

    assert [await customer.place(order), await customer.place(order)] == [False, True]
    state = (await shop.connection.jetstream.stream_info(ORDERS)).state
    assert state.messages == 1


async def test_order_delivered_again_under_another_message_id_is_fulfilled_once(
    customer: Customer, shop: Shop, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    order = Order(item="tea", quantity=3)
    for _ in range(5):  # without an id the stream takes each
        await customer.connection.jetstream.publish(PLACED, order.model_dump_json().encode())

    await until(lambda: settled(shop))

    assert times_fulfilled(caplog) == 1
    assert (await shop.stock.look("tea")).model_dump() == {"level": TEA - 3, "reserved": {}}


async def test_order_left_half_done_is_completed_and_not_begun_again(shop: Shop) -> None:
    order = Order(item="tea", quantity=3)
    await shop.stock.reserve("tea", 3, str(order.id))

    assert await shop.fulfilment.fulfil(order)
    assert (await shop.stock.look("tea")).model_dump() == {"level": TEA - 3, "reserved": {}}


async def test_order_recorded_but_not_shipped_is_shipped_by_the_next_delivery(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = Order(item="tea", quantity=3)

    async def die(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(shop.stock, "ship", die)
        with pytest.raises(ConnectionError):
            await shop.fulfilment.fulfil(order)
    assert (await shop.stock.look("tea")).free == TEA - 3

    assert not await shop.fulfilment.fulfil(order, may_be_known=True)
    assert (await shop.stock.look("tea")).model_dump() == {"level": TEA - 3, "reserved": {}}


async def test_two_deliveries_at_the_same_time_count_once(shop: Shop) -> None:
    order = Order(item="tea", quantity=3)

    counted = await asyncio.gather(*(shop.fulfilment.fulfil(order) for _ in range(4)))

    assert sorted(counted) == [False, False, False, True]
    assert (await shop.stock.look("tea")).model_dump() == {"level": TEA - 3, "reserved": {}}


async def test_delivery_that_began_before_and_comes_after_another_one_ships_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = Order(item="tea", quantity=3)
    seen = await shop.record.begin(str(order.id), may_be_known=False)
    assert await shop.fulfilment.fulfil(order, may_be_known=True)

    async def begin(*_: object, **__: object) -> Entry:
        return seen

    monkeypatch.setattr(shop.record, "begin", begin)

    assert not await shop.fulfilment.fulfil(order)
    assert (await shop.stock.look("tea")).model_dump() == {"level": TEA - 3, "reserved": {}}


async def test_many_orders_at_once_leave_the_shelf_exact(
    customer: Customer, shop: Shop, until: Until
) -> None:
    orders = [Order(item="tea", quantity=1 + number % 3) for number in range(60)]
    await asyncio.gather(*(customer.place(order) for order in orders))

    await until(lambda: settled(shop))

    wanted = sum(order.quantity for order in orders)
    assert (await shop.stock.look("tea")).model_dump() == {"level": TEA - wanted, "reserved": {}}


async def test_acknowledgement_is_acknowledged_before_the_hand_takes_the_next_message(
    customer: Customer, shop: Shop, until: Until
) -> None:
    await customer.place(Order(item="tea"))
    await until(lambda: settled(shop))

    info = await shop.connection.jetstream.consumer_info(ORDERS, WORKERS)
    assert info.ack_floor is not None
    assert info.ack_floor.stream_seq == 1


async def test_invoice_is_kept_under_the_name_of_its_order(
    customer: Customer, shop: Shop, until: Until
) -> None:
    order = Order(item="tea", quantity=2, note="x" * 300_000)
    await customer.place(order)
    await until(lambda: settled(shop))

    invoice = (await shop.invoices.read(str(order.id))).decode()
    assert invoice.startswith(f"Order {order.id}\n2 x tea: 6.00\nx")
    assert len(invoice) > 300_000
