"""The broker is killed, late, frozen, has an alarm or closes a channel: what was accepted is not lost."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aio_pika.exceptions import ChannelPreconditionFailed

from otelkit import Telemetry
from otelkit.testing import Sink
from otelkit.testing.servers.fixtures import _serve
from otelkit.testing.servers.server import Server
from rabbitmq_aio_pika.broker.connection import open_connection
from rabbitmq_aio_pika.broker.declaring import declare_topology
from rabbitmq_aio_pika.broker.errors import BrokerError, TopologyError, UnavailableError
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


@pytest.fixture(scope="module")
def broker(request: pytest.FixtureRequest) -> Iterator[Server]:
    """One that tests may break, and mend: it takes long to start."""
    yield from _serve(request.config, "rabbitmq", own=True)


@pytest.fixture
def own_settings(
    broker: Server, make_settings: MakeSettings, clear_topology: Callable[[Settings], None]
) -> Settings:
    settings = make_settings(broker.url)
    clear_topology(settings)
    return settings


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


async def test_alarm_for_memory_keeps_messages_in_the_outbox_until_it_is_over(
    telemetry: Telemetry, own_settings: Settings, broker: Server, otlp_sink: Sink
) -> None:
    async with opened(own_settings.model_copy(update={"confirm_seconds": 1.0})) as shop:
        await asyncio.wait_for(shop.consuming.up.wait(), 20)
        before = await request(shop, 3)
        await until(lambda: all_shipped(shop, before))

        await asyncio.to_thread(set_watermark, broker, "0.00001")
        accepted = await request(shop, 5)
        await until(lambda: is_blocked(shop))
        points = await asyncio.to_thread(
            otlp_sink.wait_for_metrics,
            lambda all_: any(p.name == "shop.broker.blocked" and p.value == 1 for p in all_),
        )
        waiting = [point for point in points if point.name == "shop.outbox.messages"]
        assert waiting
        assert shop.broker_state() == "blocked"
        assert not await all_shipped(shop, accepted)

        await asyncio.to_thread(set_watermark, broker, "0.4")
        await until(lambda: all_shipped(shop, accepted), 30)
        assert shop.broker_state() == "up"


def set_watermark(server: Server, fraction: str) -> None:
    server.tool("rabbitmqctl", "set_vm_memory_high_watermark", fraction)


async def is_blocked(shop: Shop) -> bool:
    return shop.broker_state() == "blocked"


async def test_channel_that_the_broker_closed_consumes_again(
    telemetry: Telemetry, own_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(own_settings) as shop:
        await asyncio.wait_for(shop.consuming.up.wait(), 20)
        for consumer in shop._consumers:
            channel = consumer._subscription._channel
            assert channel is not None
            underlay = await channel.get_underlay_channel()
            await underlay.basic_ack(4711)  # PRECONDITION_FAILED - unknown delivery tag
        with caplog.at_level(logging.INFO):
            accepted = await request(shop, 10)
            await until(lambda: all_shipped(shop, accepted), 20)


async def test_precondition_failure_of_a_declaration_names_the_queue_and_the_remedy(
    telemetry: Telemetry, own_settings: Settings
) -> None:
    connection = await open_connection(own_settings, "tests")
    async with connection:
        await declare_topology(await connection.channel(), own_settings)
        other = own_settings.model_copy(update={"delivery_limit": 7})
        with pytest.raises(TopologyError, match=r"queue shipments.standard .*x-delivery-limit") as caught:
            await declare_topology(await connection.channel(), other)
        assert "delete it" in str(caught.value)
        assert isinstance(caught.value.__cause__, ChannelPreconditionFailed)


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
