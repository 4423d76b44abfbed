"""Outages, slow consumers, lag: nothing of it passes in silence."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from nats_jetstream.settings import Settings
from nats_jetstream.shapes import Order
from nats_jetstream.shop import Shop
from otelkit.testing import Sink
from otelkit.testing.metrics import MetricPoint
from otelkit.testing.servers.server import Server

pytestmark = pytest.mark.integration
Until = Callable[[Callable[[], Awaitable[Any]]], Awaitable[None]]


async def away(shop: Shop, server: Server, until: Until) -> None:
    """Kill the server, and wait until the shop knows."""

    async def is_known() -> bool:
        return not shop.connection.client.is_connected

    await asyncio.to_thread(server.kill)
    await until(is_known)


async def newest(sink: Sink, name: str) -> float | None:
    """Wait for a metric; its newest value."""

    def is_there(points: list[MetricPoint]) -> bool:
        return any(point.name == name for point in points)

    points = await asyncio.to_thread(sink.wait_for_metrics, is_there)
    return [point.value for point in points if point.name == name][-1]


async def test_outage_is_an_event_and_counted(
    shop: Shop, own_nats_server: Server, until: Until, otlp_sink: Sink
) -> None:
    await away(shop, own_nats_server, until)
    await asyncio.to_thread(own_nats_server.restart)

    def are_there(_: object) -> bool:
        names = {log.event_name for log in otlp_sink.logs()}
        return {"nats.disconnected", "nats.reconnected"} <= names

    await asyncio.to_thread(otlp_sink.wait_for_logs, are_there)
    for name in ("messaging.nats.client.disconnections", "messaging.nats.client.reconnections"):
        assert await newest(otlp_sink, name) == 1


async def test_slow_consumer_is_an_event_and_each_lost_message_is_counted(
    open_shop_with: Any, settings: Settings, otlp_sink: Sink, until: Until
) -> None:
    async with open_shop_with(notices_pending=1) as shop:
        for _ in range(500):
            await shop.connection.client.publish("shop.notices.x", b"tea")
        await shop.connection.client.flush()

        def is_there(_: object) -> bool:
            return any(log.event_name == "otelkit.nats.slow_consumer" for log in otlp_sink.logs())

        await asyncio.to_thread(otlp_sink.wait_for_logs, is_there)
        name = "otelkit.nats.slow_consumer.dropped"
        points = await asyncio.to_thread(
            otlp_sink.wait_for_metrics, lambda some: any(point.name == name for point in some)
        )
    dropped = [point for point in points if point.name == name][-1]
    assert dropped.attributes["messaging.consumer.group.name"] == "mailers"
    assert 0 < (dropped.value or 0) <= 500


async def test_lag_and_dead_letters_are_gauges(open_shop_with: Any, otlp_sink: Sink, until: Until) -> None:
    async with open_shop_with(instances=0) as shop:
        for _ in range(3):
            await shop.publisher.place(Order(item="tea"))

        def is_there(_: object) -> bool:
            points = otlp_sink.metrics("messaging.nats.consumer.pending")
            return any(point.value == 3 for point in points)

        points = await asyncio.to_thread(otlp_sink.wait_for_metrics, is_there)

    names = {point.name for point in points}
    assert {f"messaging.nats.consumer.{name}" for name in ("pending", "ack_pending", "redelivered")} <= names
    (letters,) = {point.value for point in points if point.name == "messaging.nats.stream.messages"}
    assert letters == 0
    behind = next(p for p in points if (p.name, p.value) == ("messaging.nats.consumer.pending", 3))
    assert behind.attributes == {
        "messaging.system": "nats",
        "messaging.nats.stream.name": "ORDERS",
        "messaging.consumer.group.name": "fulfilment",
    }
