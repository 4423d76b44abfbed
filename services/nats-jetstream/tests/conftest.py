"""The service on a real server of each test's own, in this process, sending to a sink."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from nats_jetstream.connection import Connection
from nats_jetstream.patterns import Customer
from nats_jetstream.preparation import prepare_broker
from nats_jetstream.server import create_app
from nats_jetstream.settings import Settings
from nats_jetstream.shop import Shop, open_shop
from nats_jetstream.startup import start_telemetry
from otelkit import Telemetry
from otelkit.testing import Sink
from otelkit.testing.servers.nats import Nats
from otelkit.testing.servers.probing import accepts
from otelkit.testing.servers.server import Server
from otelkit.testing.servers.sources import open_server
from otelkit.traces import Span

OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]
Until = Callable[[Callable[[], Awaitable[Any]]], Awaitable[None]]
Spans = Callable[[Callable[[list[Span]], bool]], Awaitable[list[Span]]]

STORE = "jetstream { store_dir: %s }\n"


class Configured(Nats):
    """`more` is the configuration beside the port and, with `jetstream`, the store."""

    def __init__(self, more: str, *, jetstream: bool) -> None:
        self._more, self._jetstream = more, jetstream
        self.container_command = (
            "sh",
            "-c",
            f"printf %s '{self._text('/data')}' > /nats.conf; exec nats-server -c /nats.conf",
        )

    def command(self, program: Path, folder: Path, port: int) -> Sequence[str]:
        (folder / "nats.conf").write_text(self._text(str(folder / "data")))
        return [str(program), "--config", "nats.conf", "--addr", "127.0.0.1", "--port", str(port)]

    def is_ready(self, host: str, port: int) -> bool:
        return accepts(host, port)

    def _text(self, store: str) -> str:
        return (STORE % store if self._jetstream else "") + self._more


@pytest.fixture
def configured_server() -> Iterator[Callable[..., Server]]:
    """Start servers with a configuration of the test's; they end with it."""
    with ExitStack() as running:

        def start(more: str = "", *, jetstream: bool = True) -> Server:
            recipe = Configured(more, jetstream=jetstream)
            return running.enter_context(open_server(recipe, own=True, say=lambda _: None))

        yield start


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
