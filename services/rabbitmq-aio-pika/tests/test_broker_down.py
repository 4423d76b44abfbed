"""The broker is killed, late, frozen or has lost everything: what was accepted is not lost."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from otelkit import Telemetry
from otelkit.testing import Sink
from otelkit.testing.servers.server import Server
from rabbitmq_aio_pika.broker.errors import BrokerError, UnavailableError
from rabbitmq_aio_pika.broker.topology import SCANNED, SCANS, STANDARD
from rabbitmq_aio_pika.messages import make_message
from rabbitmq_aio_pika.patterns import until
from rabbitmq_aio_pika.publisher import Letter
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shapes import Scan, ShipmentRequest
from rabbitmq_aio_pika.shipping import Carrier
from rabbitmq_aio_pika.shop import Shop, open_shop
from rabbitmq_aio_pika.store.shipments import SHIPPED

pytestmark = pytest.mark.integration
MakeSettings = Callable[..., Settings]


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Shop]:
    async with open_shop(settings, Carrier()) as shop:
        yield shop


async def request(shop: Shop, count: int) -> list[str]:
    wanted = [ShipmentRequest(order_id="order-1") for _ in range(count)]
    for one in wanted:
        await shop.desk.request(one)
    return [str(one.id) for one in wanted]


async def all_shipped(shop: Shop, ids: list[str]) -> bool:
    return all([(await shop.desk.shipments.get(one)).state == SHIPPED for one in ids])


async def publish_scans(shop: Shop, confirmed: set[str], over: asyncio.Event) -> None:
    """Publish until it is over; note what the broker has confirmed."""
    while not over.is_set():
        scan = Scan(shipment_id="s", place="gate")
        body = scan.model_dump_json().encode()
        try:
            await shop.publisher.publish(
                Letter(SCANS, SCANNED, make_message(str(scan.id), "parcel.scanned", body))
            )
        except BrokerError:
            await asyncio.sleep(0.05)
        else:
            confirmed.add(str(scan.id))


async def test_killed_broker_loses_nothing_that_was_accepted_or_confirmed(
    telemetry: Telemetry, own_settings: Settings, broker: Server
) -> None:
    over, confirmed, accepted = asyncio.Event(), set[str](), list[str]()
    async with opened(own_settings) as shop:
        await asyncio.wait_for(shop.consuming.up.wait(), 20)
        publishing = [asyncio.create_task(publish_scans(shop, confirmed, over)) for _ in range(5)]
        for _ in range(2):
            accepted += await request(shop, 20)
            await asyncio.to_thread(broker.kill)
            accepted += await request(shop, 20)
            await asyncio.to_thread(broker.restart)
        await until(lambda: all_shipped(shop, accepted), 30)
        before = len(confirmed)
        await until(lambda: more_than(confirmed, before))
        over.set()
        await asyncio.gather(*publishing)

        async def all_recorded() -> bool:
            return confirmed <= {row[0] for row in await shop.desk._database.read("SELECT id FROM scans")}

        await until(all_recorded, 30)
        assert (await shop.dead_letters.show(shop.consuming.connection, 10)).count == 0


async def more_than(confirmed: set[str], before: int) -> bool:
    return len(confirmed) > before


async def test_service_takes_requests_without_a_broker_and_ships_when_there_is_one(
    telemetry: Telemetry, own_settings: Settings, broker: Server, otlp_sink: Sink
) -> None:
    await asyncio.to_thread(broker.kill)
    async with opened(own_settings) as shop:
        accepted = await request(shop, 10)
        assert shop.broker_state() == "away"
        with pytest.raises(UnavailableError, match="not been reached"):
            await shop.publisher.publish(Letter("", STANDARD, make_message("1", "kind", b"{}")))

        await asyncio.to_thread(broker.restart)
        await until(lambda: all_shipped(shop, accepted), 30)
        assert shop.broker_state() == "up"

    logs = await asyncio.to_thread(otlp_sink.wait_for_logs, 3)
    said = Counter(str(log.body) for log in logs)
    assert sum(count for text, count in said.items() if text.startswith("not consuming yet")) == 1


async def test_broker_that_lost_everything_is_furnished_anew(
    telemetry: Telemetry, own_settings: Settings, broker: Server
) -> None:
    async with opened(own_settings) as shop:
        await asyncio.wait_for(shop.consuming.up.wait(), 20)
        for command in ("stop_app", "reset", "start_app"):
            await asyncio.to_thread(broker.tool, "rabbitmqctl", command)
        accepted = await request(shop, 5)

        await until(lambda: all_shipped(shop, accepted), 30)


async def test_frozen_broker_is_noticed_and_forgotten_when_it_thaws(
    telemetry: Telemetry, own_settings: Settings, broker: Server
) -> None:
    async with opened(own_settings.model_copy(update={"confirm_seconds": 0.5})) as shop:
        await asyncio.wait_for(shop.consuming.up.wait(), 20)
        await asyncio.to_thread(broker.freeze)
        accepted = await request(shop, 5)
        with pytest.raises(UnavailableError):
            await shop.publisher.publish(Letter("", STANDARD, make_message(str(uuid4()), "kind", b"{}")))
        await asyncio.to_thread(broker.thaw)

        await until(lambda: all_shipped(shop, accepted), 30)


async def test_frozen_broker_does_not_keep_the_service_from_ending(
    telemetry: Telemetry, own_settings: Settings, broker: Server
) -> None:
    async with opened(own_settings) as shop:
        await asyncio.wait_for(shop.consuming.up.wait(), 20)
        accepted = await request(shop, 1)
        await until(lambda: all_shipped(shop, accepted))
        await asyncio.to_thread(broker.freeze)
        begun = time.monotonic()
    seconds = time.monotonic() - begun
    await asyncio.to_thread(broker.thaw)

    assert seconds < 10
