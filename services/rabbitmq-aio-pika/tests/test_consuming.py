"""What becomes of messages that fail, come twice or take their consumer down; how many go at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from uuid import uuid4

import pytest
from aio_pika.abc import AbstractIncomingMessage

from otelkit.testing import Sink
from otelkit.testing.logs import LogRecord
from rabbitmq_aio_pika.broker.topology import CUSTOMS, EXPRESS, STANDARD
from rabbitmq_aio_pika.consumer import Consumer, Desk
from rabbitmq_aio_pika.messages import PermanentError, make_message
from rabbitmq_aio_pika.patterns import until
from rabbitmq_aio_pika.publisher import Letter
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shapes import DeadLetter, ShipmentRequest
from rabbitmq_aio_pika.shipping import Carrier
from rabbitmq_aio_pika.shop import Shop

pytestmark = pytest.mark.integration
OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]


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


def letter(
    message_id: str = "", body: bytes | None = None, queue: str = STANDARD, priority: int = 0
) -> Letter:
    wanted = ShipmentRequest(order_id="order-1", priority=priority)
    message = make_message(
        message_id or str(uuid4()),
        "shipment.requested",
        wanted.model_dump_json().encode() if body is None else body,
        priority=priority,
    )
    return Letter("", queue, message)


async def dead_letters(shop: Shop) -> list[DeadLetter]:
    return (await shop.dead_letters.show(shop.consuming.connection, 100)).letters


async def fail() -> None:
    raise LookupError("poison")


async def test_poison_message_is_dead_after_the_set_attempts_with_the_exceptions_type(
    open_here: OpenShop,
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


async def test_message_that_succeeds_at_last_is_processed_once(open_here: OpenShop) -> None:
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


async def test_malformed_message_is_dead_at_once(open_here: OpenShop) -> None:
    carrier = ScriptedCarrier(fail)
    async with open_here(carrier) as shop:
        await shop.publisher.publish(letter("malformed", b'{"order_id": 7}'))
        await until(lambda: dead_letters(shop))
        (dead,) = await dead_letters(shop)

    assert (dead.error_type, dead.attempts) == ("MalformedError", 1)
    assert carrier.times == []


async def test_attempts_of_another_type_are_none(open_here: OpenShop) -> None:
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


async def test_message_that_comes_twice_is_processed_once(open_here: OpenShop) -> None:
    async def succeed() -> None:
        await asyncio.sleep(0)

    carrier = ScriptedCarrier(succeed)
    async with open_here(carrier, concurrency=1) as shop:
        for _ in range(3):
            await shop.publisher.publish(letter("twice"))
        await shop.publisher.publish(letter("last"))
        await until(lambda: shop.desk._inbox.has(STANDARD, "last"))

    assert len(carrier.times) == 2


async def test_copies_that_are_processed_at_the_same_time_have_one_effect(open_here: OpenShop) -> None:
    both_there, copies = asyncio.Event(), 0

    async def meet() -> None:
        nonlocal copies
        copies += 1
        if copies == 2:
            both_there.set()
        await asyncio.wait_for(both_there.wait(), 5)

    async with open_here(ScriptedCarrier(meet)) as shop:
        for _ in range(2):
            await shop.publisher.publish(letter("twin"))
        await until(lambda: shop.desk._inbox.has(STANDARD, "twin"))
        await until(lambda: queue_is_empty(shop, STANDARD))

        assert await dead_letters(shop) == []
        assert len(await shop.outbox.show(10)) <= 1  # one announcement


async def queue_is_empty(shop: Shop, name: str) -> bool:
    channel = await shop.consuming.connection.channel()
    async with channel:
        queue = await channel.declare_queue(name, passive=True)
        return queue.declaration_result.message_count == 0


async def test_only_so_many_messages_are_processed_at_once(open_here: OpenShop) -> None:
    now, most, done = 0, 0, 0

    async def count() -> None:
        nonlocal now, most, done
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        now -= 1
        done += 1

    async def all_done() -> bool:
        return done == 30

    async with open_here(ScriptedCarrier(count), concurrency=3, prefetch=10) as shop:
        await shop.publisher.publish_all([letter() for _ in range(30)])
        await until(all_done)

    assert most == 3


async def test_urgent_parcels_overtake_others_on_the_express_queue(open_here: OpenShop) -> None:
    gate = asyncio.Event()

    async def wait_for_gate() -> None:
        await asyncio.wait_for(gate.wait(), 5)

    carrier = ScriptedCarrier(wait_for_gate)

    async def all_asked() -> bool:
        return len(carrier.priorities) == 10

    async with open_here(carrier, concurrency=1, prefetch=1) as shop:
        await shop.publisher.publish(letter(queue=EXPRESS))
        await until(lambda: first_is_asked(carrier))
        for priority in (0, 5, 9, 0, 5, 9, 1, 1, 9):
            await shop.publisher.publish(letter(queue=EXPRESS, priority=priority))
        gate.set()
        await until(all_asked)

    assert carrier.priorities[1:] == [9, 9, 9, 5, 5, 1, 1, 0, 0]


async def first_is_asked(carrier: ScriptedCarrier) -> bool:
    return bool(carrier.priorities)


async def test_message_that_takes_its_consumer_down_is_dead_by_the_brokers_limit(open_here: OpenShop) -> None:
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


async def test_parcel_is_announced_to_all_who_want_to_know(shop: Shop, otlp_sink: Sink) -> None:
    wanted = ShipmentRequest(order_id="order-1", country="NZ")
    await shop.desk.request(wanted)

    def told(logs: list[LogRecord]) -> bool:
        return {"customer told", "revenue booked", "declared to customs"} <= {str(log.body) for log in logs}

    await asyncio.to_thread(otlp_sink.wait_for_logs, told)


async def test_handler_that_gives_up_for_good_is_not_asked_again(
    shop: Shop, settings: Settings, otlp_sink: Sink
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
