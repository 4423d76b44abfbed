"""What becomes of messages that fail, and of those that take their consumer down."""

import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from aio_pika.abc import AbstractIncomingMessage

from rabbitmq_aio_pika.broker.topology import CUSTOMS, STANDARD
from rabbitmq_aio_pika.consumer import Consumer, Desk
from rabbitmq_aio_pika.messages import PermanentError
from rabbitmq_aio_pika.patterns import until
from rabbitmq_aio_pika.publisher import Letter
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shapes import DeadLetter, ShipmentRequest
from rabbitmq_aio_pika.shipping import Carrier
from rabbitmq_aio_pika.shop import Shop

pytestmark = pytest.mark.integration
OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]
MakeLetter = Callable[..., Letter]


class ScriptedCarrier(Carrier):
    """Does with each parcel what the test says, and notes when."""

    def __init__(self, act: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._act = act
        self.times: list[float] = []
        self.priorities: list[int] = []

    async def book(self, shipment: ShipmentRequest) -> None:
        self.times.append(time.monotonic())
        self.priorities.append(shipment.priority)
        await self._act()


async def dead_letters(shop: Shop) -> list[DeadLetter]:
    return (await shop.dead_letters.show(shop.consuming.connection, 100)).letters


async def fail() -> None:
    raise LookupError("poison")


async def test_poison_message_is_dead_after_the_set_attempts_with_the_exceptions_type(
    open_here: OpenShop, letter: MakeLetter
) -> None:
    carrier = ScriptedCarrier(fail)
    async with open_here(carrier) as shop:
        await shop.publisher.publish(letter("poison"))
        await until(lambda: dead_letters(shop))
        (dead,) = await dead_letters(shop)

    assert dead == DeadLetter(message_id="poison", queue=STANDARD, error_type="LookupError", attempts=3)
    first, second, third = carrier.times
    assert second - first >= 0.2
    assert third - second >= 0.4


async def test_message_that_succeeds_at_last_is_processed_once(
    open_here: OpenShop, letter: MakeLetter
) -> None:
    attempts = 0

    async def fail_twice() -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            await fail()

    async with open_here(ScriptedCarrier(fail_twice)) as shop:
        await shop.publisher.publish(letter("late"))
        await until(lambda: shop.desk._inbox.has(STANDARD, "late"))
        assert await dead_letters(shop) == []

    assert attempts == 3


async def test_malformed_message_is_dead_at_once(open_here: OpenShop, letter: MakeLetter) -> None:
    carrier = ScriptedCarrier(fail)
    async with open_here(carrier) as shop:
        await shop.publisher.publish(letter("malformed", b'{"order_id": 7}'))
        await until(lambda: dead_letters(shop))
        (dead,) = await dead_letters(shop)

    assert (dead.error_type, dead.attempts) == ("MalformedError", 1)
    assert carrier.times == []


async def test_attempts_of_another_type_are_none(open_here: OpenShop, letter: MakeLetter) -> None:
    odd: list[object] = ["many", -5, 10**12, True, None, [1], {"a": 1}]
    async with open_here(ScriptedCarrier(fail)) as shop:
        for number, attempts in enumerate(odd):
            sent = letter(f"odd-{number}")
            sent.message.headers["shop-attempt"] = attempts  # type: ignore[assignment]  # on purpose
            await shop.publisher.publish(sent)
        await until(lambda: all_dead(shop, len(odd)))

        assert [dead.attempts for dead in await dead_letters(shop)] == [3] * len(odd)


async def all_dead(shop: Shop, count: int) -> bool:
    return len(await dead_letters(shop)) == count


async def test_message_that_takes_its_consumer_down_is_dead_by_the_brokers_limit(
    open_here: OpenShop, letter: MakeLetter
) -> None:
    async with open_here(delivery_limit=3) as shop:
        await shop._consumers[2].stop(1)  # that of the customs
        await shop.publisher.publish(letter("killer", queue=CUSTOMS))
        for _ in range(4):
            channel = await shop.consuming.connection.channel()
            queue = await channel.declare_queue(CUSTOMS, passive=True)
            await until(lambda queue=queue: queue.get(fail=False))  # type: ignore[misc]  # a lambda's default
            await channel.close()  # as a process that dies with it
        await until(lambda: dead_letters(shop))
        (dead,) = await dead_letters(shop)

    assert (dead.message_id, dead.queue, dead.error_type) == ("killer", CUSTOMS, "delivery_limit")


async def test_handler_that_gives_up_for_good_is_not_asked_again(
    shop: Shop, settings: Settings, letter: MakeLetter
) -> None:
    asked = 0

    async def refuse(_: str, __: AbstractIncomingMessage) -> None:
        nonlocal asked
        asked += 1
        raise PermanentError("never")

    await shop._consumers[2].stop(1)
    shared: Desk = shop._consumers[0]._desk
    consumer = Consumer(CUSTOMS, refuse, shared, settings)
    await consumer.start(shop.consuming.connection)
    await shop.publisher.publish(letter("never", queue=CUSTOMS))
    await until(lambda: dead_letters(shop))
    await consumer.stop(1)

    assert asked == 1
