"""The broker has an alarm, closes a channel or has queues of another kind: seen, said, and nothing lost."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aio_pika.exceptions import ChannelPreconditionFailed

from otelkit import Telemetry
from otelkit.testing import Sink
from otelkit.testing.servers.server import Server
from rabbitmq_aio_pika.broker.connection import open_connection
from rabbitmq_aio_pika.broker.declaring import declare_topology
from rabbitmq_aio_pika.broker.errors import TopologyError
from rabbitmq_aio_pika.patterns import until
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shapes import ShipmentRequest
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
