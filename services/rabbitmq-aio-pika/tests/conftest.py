"""The service in this process, on a real broker, sending to a sink; one test, one topology, one store."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aio_pika
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from otelkit import Telemetry, configure
from otelkit.testing import Sink
from otelkit.testing.servers.server import Server
from otelkit.traces import Span
from rabbitmq_aio_pika.broker.topology import plan_exchanges, plan_queues
from rabbitmq_aio_pika.server import create_app
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shipping import Carrier
from rabbitmq_aio_pika.shop import Shop, open_shop
from rabbitmq_aio_pika.startup import instrument, start_telemetry

T = TypeVar("T")
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


def run_apart(work: Callable[[], Awaitable[T]]) -> T:
    """Run a coroutine in a loop and thread of its own: fixtures must not touch the test's loop."""

    async def main() -> T:
        return await work()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, main()).result()


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


@pytest.fixture
def clear_topology() -> Callable[[Settings], None]:
    """Delete what a service with these settings declares."""
    return lambda settings: run_apart(lambda: remove_topology(settings))


@pytest.fixture
def settings(
    rabbitmq_server: Server, make_settings: MakeSettings, clear_topology: Callable[[Settings], None]
) -> Iterator[Settings]:
    """Settings on the shared broker, whose topology is gone before and after the test."""
    settings = make_settings(rabbitmq_server.url)
    clear_topology(settings)
    yield settings
    clear_topology(settings)


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
def client(
    otlp_sink: Sink, reset_telemetry: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """A client of the service over HTTP, which consumes already."""
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    app = create_app(settings, start_telemetry())
    with TestClient(app, raise_server_exceptions=False) as client:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not app.state.shop.consuming.up.is_set():
            assert time.monotonic() < deadline, "the service does not consume"
            time.sleep(0.02)
        yield client
