"""Dead letters: nothing that the server gave up on is lost, whoever was away, and it can be sent again."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from nats_jetstream.connection import Connection
from nats_jetstream.customer import Customer
from nats_jetstream.letters import headers_of
from nats_jetstream.preparation import prepare_broker
from nats_jetstream.settings import Settings
from nats_jetstream.shapes import Advisory, DeadLetter, Order
from nats_jetstream.shop import Shop
from nats_jetstream.topology import ADVISORIES, DEAD_LETTERS, ORDERS, PLACED, WORKERS

pytestmark = pytest.mark.integration
Until = Callable[[Callable[[], Awaitable[Any]]], Awaitable[None]]
TOO_MANY = Order(item="chair", quantity=900)
ADVISORY = f"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{ORDERS}.{WORKERS}"


async def letters_of(shop: Shop, count: int, until: Until) -> list[DeadLetter]:
    async def have_come() -> bool:
        return len(await shop.letters.list(100)) >= count

    await until(have_come)
    return await shop.letters.list(100)


async def advise(customer: Customer, sequence: int) -> None:
    told = Advisory(type="max_deliver", stream=ORDERS, consumer=WORKERS, stream_seq=sequence, deliveries=3)
    await customer.connection.jetstream.publish(ADVISORY, told.model_dump_json().encode())


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "MalformedOrderError"),
        (b"\xff\x00", "MalformedOrderError"),
        (b'{"item": "tea", "quantity": -1}', "MalformedOrderError"),
        (b'{"item": "unicorn", "id": "9085a291-e399-4d28-a333-5e271b6fd977"}', "ImpossibleOrderError"),
    ],
)
async def test_message_that_can_never_work_is_dead_after_one_delivery(
    customer: Customer, shop: Shop, until: Until, data: bytes, kind: str
) -> None:
    await customer.connection.jetstream.publish(PLACED, data)

    (letter,) = await letters_of(shop, 1, until)
    assert (letter.reason, letter.error_type, letter.deliveries) == ("terminated", kind, 1)
    assert (await shop.connection.jetstream.get_msg(DEAD_LETTERS, letter.sequence)).data == (data or None)


async def test_dead_letter_keeps_the_headers_of_its_message_and_hides_those_of_the_server(
    customer: Customer, shop: Shop, until: Until
) -> None:
    headers = {"Shop-Channel": "web", "Shop-Customer": "Zoë", "Nats-Msg-Id": "message-1"}
    await customer.connection.jetstream.publish(PLACED, b"no order", headers=headers)
    (letter,) = await letters_of(shop, 1, until)

    kept = headers_of(await shop.connection.jetstream.get_msg(DEAD_LETTERS, letter.sequence))
    assert (kept["Shop-Channel"], kept["Shop-Customer"]) == ("web", "Zoë")
    assert kept["Shop-Dead-Was-Nats-Msg-Id"] == "message-1"
    assert kept["Nats-Msg-Id"] == "dead.ORDERS.fulfilment.1"
    assert kept["Shop-Dead-Sequence"] == "1"


async def test_advisory_that_is_told_twice_makes_one_dead_letter(
    customer: Customer, shop: Shop, until: Until
) -> None:
    await customer.connection.jetstream.publish(PLACED, b"no order")
    await letters_of(shop, 1, until)
    await advise(customer, sequence=1)

    async def are_done() -> bool:
        return (await shop.connection.jetstream.stream_info(ADVISORIES)).state.messages == 0

    await until(are_done)
    assert len(await shop.letters.list(100)) == 1


async def test_message_that_died_while_nobody_made_dead_letters_becomes_one_later(
    settings: Settings, open_shop_with: Any, until: Until
) -> None:
    await prepare_broker(settings)
    connection = Connection(settings)
    await connection.open("a worker whose process was killed")
    await connection.jetstream.publish(PLACED, b"order")
    pulling = await connection.jetstream.pull_subscribe_bind(WORKERS, stream=ORDERS)
    for _ in range(settings.max_deliver):
        (message,) = await pulling.fetch(1)
        await message.nak()
    await connection.close()

    async with open_shop_with() as shop:
        (letter,) = await letters_of(shop, 1, until)

    assert (letter.reason, letter.error_type, letter.deliveries) == ("max_deliver", "_OTHER", 3)


async def test_advisory_about_a_message_that_is_gone_is_reported_and_forgotten(
    customer: Customer, shop: Shop, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    await advise(customer, sequence=77)

    async def is_told() -> bool:
        return "message is gone" in [record.message for record in caplog.records]

    await until(is_told)
    assert await shop.letters.list(100) == []


async def test_nonsense_among_the_advisories_does_not_stop_the_undertaker(
    customer: Customer, shop: Shop, until: Until
) -> None:
    await customer.connection.jetstream.publish(ADVISORY, b"nonsense")
    await customer.connection.jetstream.publish(PLACED, b"no order")

    assert len(await letters_of(shop, 1, until)) == 1


async def test_replayed_message_is_fulfilled_and_its_letter_is_gone(
    customer: Customer, shop: Shop, until: Until
) -> None:
    await customer.place(TOO_MANY)
    (letter,) = await letters_of(shop, 1, until)
    await customer.restock("chair", 900)

    await shop.letters.replay(letter.sequence)

    await until(lambda: shop.record.is_fulfilled(str(TOO_MANY.id)))
    assert await shop.letters.list(100) == []
