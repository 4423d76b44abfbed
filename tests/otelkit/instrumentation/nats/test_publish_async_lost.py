"""Publishing without waiting, when what would have answered is gone: the span ends without the future."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.js.api import StorageType
from nats.js.client import JetStreamContext
from opentelemetry.trace import StatusCode

from otelkit.instrumentation.nats import NatsInstrumentor
from otelkit.testing.servers.server import Server

from .conftest import Instrument
from .recorded import Recorded, attributes_of, until

pytestmark = pytest.mark.integration
COUNT = 5
RECONNECT: dict[str, Any] = {"reconnect_time_wait": 0.05, "max_reconnect_attempts": -1}


@pytest.fixture
async def silent(connection: Client, subject: str) -> str:
    """A subject where somebody listens, and answers never."""
    await connection.subscribe(subject)
    await connection.flush()
    return subject


@pytest.fixture
async def other(nats_server: Server) -> AsyncIterator[Client]:
    client = await nats.connect(nats_server.url)
    yield client
    if not client.is_closed:
        await client.close()


@pytest.mark.parametrize("ending", ["close", "drain"])
async def test_publish_async_whose_connection_ends_is_unacknowledged_though_everything_is_held(
    instrument: Instrument, other: Client, silent: str, ending: str
) -> None:
    recorded = instrument()
    streams = other.jetstream()
    futures = [await streams.publish_async(silent) for _ in range(COUNT)]
    await getattr(other, ending)()

    assert _outcomes(recorded) == ["unacknowledged"] * COUNT
    assert not any(future.done() for future in futures)  # nats-py's to end


async def test_publish_async_that_a_killed_server_swallowed_is_unacknowledged_at_once(
    instrument: Instrument, own_nats_server: Server, subject: str
) -> None:
    recorded = instrument()
    client = await nats.connect(own_nats_server.url, **RECONNECT)
    streams = client.jetstream()
    listener = await client.subscribe(subject)  # answers never
    futures = [await streams.publish_async(subject) for _ in range(COUNT)]
    await until(lambda: listener.pending_msgs == COUNT)
    own_nats_server.kill()
    await until(lambda: len(recorded.spans) == COUNT)

    assert _outcomes(recorded) == ["unacknowledged"] * COUNT
    assert recorded.point("messaging.client.sent.messages", error_type="unacknowledged") == COUNT
    assert not any(future.done() for future in futures)
    await client.close()
    assert len(recorded.spans) == COUNT


async def test_publish_async_under_way_when_the_server_dies_under_load_keeps_no_span_open(
    instrument: Instrument, own_nats_server: Server, subject: str
) -> None:
    recorded = instrument()
    client = await nats.connect(own_nats_server.url, pending_size=1, **RECONNECT)
    streams = client.jetstream()
    await streams.add_stream(name="orders", subjects=[subject], storage=StorageType.FILE)
    await (await streams.publish_async(subject))
    own_nats_server.freeze()
    tasks = [asyncio.create_task(streams.publish_async(subject, bytes(1_000_000))) for _ in range(20)]
    transport: Any = client._transport
    await until(transport._io_writer.transport.get_write_buffer_size)  # publishes wait for it to be empty
    own_nats_server.kill()
    own_nats_server.restart()
    await asyncio.gather(*tasks, return_exceptions=True)

    await until(lambda: len(recorded.spans) == 1 + len(tasks))
    await client.close()


async def test_publish_async_that_waited_for_the_next_connection_is_no_error(
    instrument: Instrument, own_nats_server: Server, subject: str
) -> None:
    recorded = instrument()
    client = await nats.connect(own_nats_server.url, **RECONNECT)
    streams = client.jetstream()
    await streams.add_stream(name="orders", subjects=[subject], storage=StorageType.FILE)
    await (await streams.publish_async(subject))
    own_nats_server.kill()
    await until(lambda: client.is_reconnecting)
    future = await streams.publish_async(subject)
    own_nats_server.restart()
    acknowledged = await future

    await until(lambda: len(recorded.spans) == 2)
    waited = recorded.spans[-1]
    assert waited.status.status_code is StatusCode.UNSET
    assert attributes_of(waited)["messaging.nats.stream.sequence"] == acknowledged.seq == 2
    await client.close()


async def test_publish_async_in_the_buffer_when_the_connection_is_lost_is_sent_by_the_next_one(
    instrument: Instrument, other: Client, streams: JetStreamContext, stream: str, subject: str
) -> None:
    recorded = instrument()
    publisher = other.jetstream()
    await (await publisher.publish_async(f"{subject}.paid"))
    await other.force_reconnect()  # goes on when this task waits, which publish_async does not
    acknowledged = await (await publisher.publish_async(f"{subject}.paid"))

    await until(lambda: len(recorded.spans) == 2)
    assert _outcomes(recorded) == [None, None]
    assert acknowledged.seq == 2


async def test_publish_async_that_is_collected_after_uninstrumenting_ends_its_span(
    instrument: Instrument, nats_server: Server, silent: str
) -> None:
    recorded = instrument()
    client = await nats.connect(nats_server.url)
    await client.jetstream().publish_async(silent)
    NatsInstrumentor().uninstrument()
    await client.close()
    assert recorded.names == []
    del client
    gc.collect()

    await until(lambda: recorded.spans)
    assert _outcomes(recorded) == ["unacknowledged"]


def _outcomes(recorded: Recorded) -> list[Any]:
    return [attributes_of(span).get("error.type") for span in recorded.spans]
