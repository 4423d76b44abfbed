"""Server and client in this process, sending to a sink; one test, one server, one configuration."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from grpc_four_modes.client import Client, open_client
from grpc_four_modes.server import serving
from grpc_four_modes.settings import ClientSettings, Settings
from grpc_four_modes.startup import instrument
from otelkit import Telemetry, configure
from otelkit.testing import Sink
from otelkit.traces import Span

OpenShop = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
def telemetry(otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Telemetry]:
    """Telemetry of this process, all of grpc instrumented; it ends with the test."""
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    telemetry = configure("grpc-four-modes")
    instrument()
    yield telemetry
    telemetry.shutdown()


@pytest.fixture
def open_shop(telemetry: Telemetry) -> OpenShop:
    """Open a server with the given settings and a client of it, whose own are in `client`."""

    @asynccontextmanager
    async def opened(client: dict[str, Any] | None = None, **server: Any) -> AsyncIterator[Client]:
        async with serving(Settings(**{"port": 0, "drain_seconds": 1, **server})) as port:
            settings = ClientSettings(**{"target": f"127.0.0.1:{port}", **(client or {})})
            async with open_client(settings) as opened_client:
                yield opened_client

    return opened


@pytest.fixture
async def client(open_shop: OpenShop) -> AsyncIterator[Client]:
    """A client of a server, both with their default settings."""
    async with open_shop() as opened:
        yield opened


@pytest.fixture
def spans(otlp_sink: Sink) -> Callable[[int], Awaitable[list[Span]]]:
    """Wait for so many spans while the server's loop, which is the test's, goes on."""

    async def wait(count: int) -> list[Span]:
        return await asyncio.to_thread(otlp_sink.wait_for_spans, count)

    return wait
