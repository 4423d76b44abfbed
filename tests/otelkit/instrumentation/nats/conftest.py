"""A real server, a connection for each test, and providers of the test's own."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from uuid import uuid4

import nats
import pytest
from nats.aio.client import Client
from nats.aio.subscription import Subscription
from nats.js.api import StorageType
from nats.js.client import JetStreamContext
from nats.js.kv import KeyValue

from otelkit.instrumentation.nats import NatsInstrumentor
from otelkit.testing.servers.server import Server

from .recorded import Recorded, until

Instrument = Callable[..., Recorded]
Pull = JetStreamContext.PullSubscription


@pytest.fixture
def instrument(
    reset_telemetry: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Instrument]:
    """Instrument nats-py and give what is recorded; nothing may be logged about contexts."""
    monkeypatch.delenv("OTELKIT_BAGGAGE_HOSTS", raising=False)
    caplog.set_level(logging.WARNING)
    used: list[Recorded] = []

    def start(**settings: Any) -> Recorded:
        recorded = Recorded()
        NatsInstrumentor().instrument(
            tracer_provider=recorded.tracers, meter_provider=recorded.meters, **settings
        )
        used.append(recorded)
        return recorded

    yield start
    if NatsInstrumentor().is_instrumented_by_opentelemetry:
        NatsInstrumentor().uninstrument()
    for recorded in used:
        recorded.tracers.shutdown()
        recorded.meters.shutdown()
    assert "Failed to detach context" not in caplog.text


@pytest.fixture
async def connection(nats_server: Server) -> AsyncIterator[Client]:
    client = await nats.connect(nats_server.url, allow_reconnect=False)
    yield client
    if not client.is_closed:
        await client.close()


@pytest.fixture
def subject() -> str:
    """Nobody else's, and without what looks like an id."""
    return "shop." + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid4().hex)


@pytest.fixture
async def streams(connection: Client) -> JetStreamContext:
    return connection.jetstream()


@pytest.fixture
async def stream(streams: JetStreamContext, subject: str) -> AsyncIterator[str]:
    """A stream in memory of all subjects below `subject`."""
    name = subject.replace(".", "_")
    await streams.add_stream(name=name, subjects=[f"{subject}.>"], storage=StorageType.MEMORY)
    yield name
    if streams._nc.is_connected:
        await streams.delete_stream(name)


@pytest.fixture
async def pull(streams: JetStreamContext, stream: str, subject: str) -> Pull:
    return await streams.pull_subscribe(f"{subject}.>", durable="packers", stream=stream)


@pytest.fixture
async def filled(connection: Client, subject: str) -> Subscription:
    """Three messages that wait, published before anything is instrumented."""
    subscription = await connection.subscribe(subject)
    for number in range(3):
        await connection.publish(subject, str(number).encode())
    await until(lambda: subscription.pending_msgs == 3)
    return subscription


async def publish_paid(streams: JetStreamContext, subject: str, count: int = 3) -> None:
    for number in range(count):
        await streams.publish(f"{subject}.paid", str(number).encode())


@pytest.fixture
async def stock(streams: JetStreamContext, subject: str) -> AsyncIterator[KeyValue]:
    bucket = await streams.create_key_value(bucket=subject.replace(".", "_"), history=5)
    yield bucket
    await streams.delete_key_value(bucket._name)
