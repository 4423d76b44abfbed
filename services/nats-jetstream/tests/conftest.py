"""The service on a real server of each test's own, in this process, sending to a sink."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from nats_jetstream.connection import Connection
from nats_jetstream.customer import Customer
from nats_jetstream.preparation import prepare_broker
from nats_jetstream.server import create_app
from nats_jetstream.settings import Settings
from nats_jetstream.shop import Shop, open_shop
from nats_jetstream.startup import start_telemetry
from otelkit import Telemetry
from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from otelkit.testing.servers.server import Server
from otelkit.traces import Span

LATE = {
    "OTEL_BSP_SCHEDULE_DELAY": "60000",
    "OTEL_BLRP_SCHEDULE_DELAY": "60000",
    "OTEL_METRIC_EXPORT_INTERVAL": "60000",
}
OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]
Serve = Callable[..., ServiceProcess]
Until = Callable[[Callable[[], Awaitable[Any]]], Awaitable[None]]
Spans = Callable[[Callable[[list[Span]], bool]], Awaitable[list[Span]]]


@pytest.fixture
def settings(own_nats_server: Server) -> Settings:
    """Settings on a server that the test may kill; every pause is short."""
    return Settings(
        nats_url=SecretStr(own_nats_server.url),
        start_seconds=5,
        reconnect_seconds=0.1,
        backoff_seconds=(0.3, 0.1),
        max_deliver=3,
        ack_wait_seconds=5,
        lag_seconds=0.1,
        drain_seconds=2,
    )


@pytest.fixture
def telemetry(otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Telemetry]:
    """Telemetry of this process; it ends with the test."""
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    telemetry = start_telemetry()
    yield telemetry
    telemetry.shutdown()


@pytest.fixture
def open_shop_with(settings: Settings, telemetry: Telemetry) -> OpenShop:
    """Open a shop, with other settings than the test's where they are given."""

    @asynccontextmanager
    async def opened(**changes: Any) -> AsyncIterator[Shop]:
        changed = settings.model_copy(update=changes)
        await prepare_broker(changed)
        async with open_shop(changed) as shop:
            yield shop

    return opened


@pytest.fixture
async def shop(open_shop_with: OpenShop) -> AsyncIterator[Shop]:
    """The shop, open."""
    async with open_shop_with() as opened:
        yield opened


@pytest.fixture
async def customer(shop: Shop, settings: Settings) -> AsyncIterator[Customer]:
    """A customer of the shop, on a connection of his own."""
    connection = Connection(settings)
    await connection.open("customer")
    yield Customer(connection, settings)
    await connection.close()


@pytest.fixture
def client(settings: Settings, telemetry: Telemetry) -> Iterator[TestClient]:
    """A client of the service over HTTP; the service ends with the test."""
    asyncio.run(prepare_broker(settings))
    with TestClient(create_app(settings, telemetry), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def serve(settings: Settings, otlp_sink: Sink) -> Iterator[Serve]:
    """Start a service on the test's broker; it ends with the test at the latest."""
    with ExitStack() as running:

        def start(**more: str) -> ServiceProcess:
            port = free_port()
            environment = {
                **otlp_sink.environment(),
                **LATE,
                "NATS_URL": settings.nats_url.get_secret_value(),
                "NATS_JETSTREAM_PORT": str(port),
                "NATS_JETSTREAM_ACK_WAIT_SECONDS": "600",  # what is not given back stays away
                **more,
            }
            process = ServiceProcess([sys.executable, "-m", "nats_jetstream"], environment, port)
            return running.enter_context(process).wait_until_listening()

        yield start


@pytest.fixture
def spans(otlp_sink: Sink) -> Spans:
    """Wait until the spans that arrived are as wanted, while the test's loop goes on."""

    async def wait(wanted: Callable[[list[Span]], bool]) -> list[Span]:
        return await asyncio.to_thread(otlp_sink.wait_for_spans, wanted)

    return wait


@pytest.fixture
def until() -> Until:
    """Wait until a condition holds, asking for it again and again."""

    async def wait(condition: Callable[[], Awaitable[Any]]) -> None:
        async with asyncio.timeout(60):
            while not await condition():  # noqa: ASYNC110 - what happens elsewhere tells nobody
                await asyncio.sleep(0.01)

    return wait
