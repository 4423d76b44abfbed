"""How many messages are processed at once, in which order, and each of them once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from otelkit.testing import Sink
from otelkit.testing.logs import LogRecord
from rabbitmq_aio_pika.broker.topology import EXPRESS, STANDARD
from rabbitmq_aio_pika.patterns import until
from rabbitmq_aio_pika.publisher import Letter
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


async def test_message_that_comes_twice_is_processed_once(open_here: OpenShop, letter: MakeLetter) -> None:
    async def succeed() -> None:
        await asyncio.sleep(0)

    carrier = ScriptedCarrier(succeed)
    async with open_here(carrier, concurrency=1) as shop:
        for _ in range(3):
            await shop.publisher.publish(letter("twice"))
        await shop.publisher.publish(letter("last"))
        await until(lambda: shop.desk._inbox.has(STANDARD, "last"))

    assert len(carrier.times) == 2


async def test_copies_that_are_processed_at_the_same_time_have_one_effect(
    open_here: OpenShop, letter: MakeLetter
) -> None:
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


async def test_only_so_many_messages_are_processed_at_once(open_here: OpenShop, letter: MakeLetter) -> None:
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


async def test_urgent_parcels_overtake_others_on_the_express_queue(
    open_here: OpenShop, letter: MakeLetter
) -> None:
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


async def test_parcel_is_announced_to_all_who_want_to_know(shop: Shop, otlp_sink: Sink) -> None:
    wanted = ShipmentRequest(order_id="order-1", country="NZ")
    await shop.desk.request(wanted)

    def told(logs: list[LogRecord]) -> bool:
        return {"customer told", "revenue booked", "declared to customs"} <= {str(log.body) for log in logs}

    await asyncio.to_thread(otlp_sink.wait_for_logs, told)
