"""The service in this process, on a real broker, sending to a sink; one test, one topology, one store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
from pydantic import SecretStr

from otelkit import Telemetry, configure
from otelkit.testing import Sink
from otelkit.testing.servers.fixtures import _serve
from otelkit.testing.servers.server import Server
from otelkit.traces import Span
from rabbitmq_aio_pika.broker.topology import STANDARD, plan_exchanges, plan_queues
from rabbitmq_aio_pika.messages import make_message
from rabbitmq_aio_pika.publisher import Letter
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shapes import ShipmentRequest
from rabbitmq_aio_pika.shipping import Carrier
from rabbitmq_aio_pika.shop import Shop, open_shop
from rabbitmq_aio_pika.startup import instrument

OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]
Spans = Callable[[Any], Awaitable[list[Span]]]
MakeSettings = Callable[..., Settings]
PATIENCE_SECONDS = 10.0
QUICK: dict[str, Any] = {
    "retry_delays_seconds": (0.2, 0.4),
    "outbox_seconds": 0.05,
    "reconnect_seconds": 0.1,
    "connect_seconds": 3,
    "confirm_seconds": 3,
    "batch_seconds": 0.2,
    "drain_seconds": 2,
}


async def remove_topology(settings: Settings) -> None:
    """Delete all that the service declares, with what is in it."""
    connection = await aio_pika.connect(settings.rabbitmq_url.get_secret_value())
    async with connection:
        channel = await connection.channel()
        for plan in plan_queues(settings):
            await channel.queue_delete(plan.name)
        for name in plan_exchanges(settings):
            await channel.exchange_delete(name)


@pytest.fixture
def make_settings(tmp_path: Path) -> MakeSettings:
    """Make settings of a test, which waits for nothing long."""

    def make(url: str, **more: Any) -> Settings:
        return Settings(
            **{"rabbitmq_url": SecretStr(url), "store": tmp_path / "shop.sqlite", **QUICK, **more}
        )

    return make


def clear(settings: Settings) -> Settings:
    """Begin with no topology; in a thread, for fixtures must not touch the test's loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, remove_topology(settings)).result()
    return settings


@pytest.fixture
def settings(rabbitmq_server: Server, make_settings: MakeSettings) -> Iterator[Settings]:
    """Settings on the shared broker, whose topology is gone before and after the test."""
    settings = clear(make_settings(rabbitmq_server.url))
    yield settings
    clear(settings)


@pytest.fixture(scope="session")
def broker(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A broker that tests may break, and mend: it takes long to start."""
    yield from _serve(request.config, "rabbitmq", own=True)


@pytest.fixture
def own_settings(broker: Server, make_settings: MakeSettings) -> Settings:
    """Settings on that broker, which has no topology yet."""
    return clear(make_settings(broker.url))


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
def open_here(settings: Settings, telemetry: Telemetry) -> OpenShop:
    """Open the shop, with settings changed, and wait until it consumes."""

    @asynccontextmanager
    async def opened(carrier: Carrier | None = None, **more: Any) -> AsyncIterator[Shop]:
        async with open_shop(settings.model_copy(update=more), carrier or Carrier()) as shop:
            await asyncio.wait_for(shop.consuming.up.wait(), PATIENCE_SECONDS)
            yield shop

    return opened


@pytest.fixture
async def shop(open_here: OpenShop) -> AsyncIterator[Shop]:
    """The shop with its usual carrier."""
    async with open_here() as shop:
        yield shop


@pytest.fixture
def spans(otlp_sink: Sink) -> Spans:
    """Wait for spans while the shop's loop, which is the test's, goes on."""

    async def wait(wanted: Any) -> list[Span]:
        return await asyncio.to_thread(otlp_sink.wait_for_spans, wanted)

    return wait


@pytest.fixture
def letter() -> Callable[..., Letter]:
    """Make a request for a shipment, straight for a queue."""

    def make(message_id: str = "", body: bytes = b"", queue: str = STANDARD, priority: int = 0) -> Letter:
        wanted = ShipmentRequest(order_id="order-1", priority=priority).model_dump_json().encode()
        message_id = message_id or str(uuid4())
        return Letter("", queue, make_message(message_id, "shipment", body or wanted, priority=priority))

    return make
