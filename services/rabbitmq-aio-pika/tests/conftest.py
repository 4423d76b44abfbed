"""The service in this process, on a real broker, sending to a sink; one test, one topology, one store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from aio_pika.exceptions import AMQPError
from pydantic import SecretStr

from otelkit import Telemetry, configure
from otelkit.testing import Sink
from otelkit.testing.servers.server import Server
from otelkit.traces import Span
from rabbitmq_aio_pika.broker.topology import plan_exchanges, plan_queues
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shipping import Carrier
from rabbitmq_aio_pika.shop import Shop, open_shop
from rabbitmq_aio_pika.startup import instrument

OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]
DELAYS = (0.1, 0.2)


async def remove_topology(settings: Settings) -> None:
    """Delete all that the service declares, with what is in it."""
    connection = await aio_pika.connect(settings.rabbitmq_url.get_secret_value())
    async with connection:
        for plan in plan_queues(settings):
            channel = await connection.channel()
            with suppress(AMQPError):
                await channel.queue_delete(plan.name)
        for name in plan_exchanges(settings):
            channel = await connection.channel()
            with suppress(AMQPError):
                await channel.exchange_delete(name)


@pytest.fixture
def settings(rabbitmq_server: Server, tmp_path: Path) -> Settings:
    """Impatient settings on the shared broker, whose topology is gone before and after the test."""
    return impatient(rabbitmq_server.url, tmp_path)


def impatient(url: str, folder: Path, **more: Any) -> Settings:
    quick: dict[str, Any] = {
        "rabbitmq_url": SecretStr(url),
        "store": folder / "shop.sqlite",
        "retry_delays_seconds": DELAYS,
        "outbox_seconds": 0.05,
        "reconnect_seconds": 0.1,
        "connect_seconds": 3,
        "confirm_seconds": 3,
        "batch_seconds": 0.1,
        "drain_seconds": 2,
    }
    return Settings(**{**quick, **more})


@pytest.fixture
def telemetry(otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Telemetry]:
    """Telemetry of this process, aio-pika instrumented; it ends with the test."""
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    telemetry = configure("rabbitmq-aio-pika")
    instrument()
    yield telemetry
    telemetry.shutdown()


@pytest.fixture
async def open_here(settings: Settings, telemetry: Telemetry) -> AsyncIterator[OpenShop]:
    """Open the shop, with settings changed, and wait until it consumes."""
    await remove_topology(settings)

    @asynccontextmanager
    async def opened(carrier: Carrier | None = None, **more: Any) -> AsyncIterator[Shop]:
        async with open_shop(settings.model_copy(update=more), carrier or Carrier()) as shop:
            await asyncio.wait_for(shop.consuming.up.wait(), 10)
            yield shop

    yield opened
    await remove_topology(settings)


@pytest.fixture
async def shop(open_here: OpenShop) -> AsyncIterator[Shop]:
    """The shop with its usual carrier."""
    async with open_here() as shop:
        yield shop


@pytest.fixture
def spans(otlp_sink: Sink) -> Callable[[Any], Awaitable[list[Span]]]:
    """Wait for spans while the shop's loop, which is the test's, goes on."""

    async def wait(wanted: Any) -> list[Span]:
        return await asyncio.to_thread(otlp_sink.wait_for_spans, wanted)

    return wait
