"""A publish whose broker is silent or gone ends as an error, and so does one that its task gives up."""

import asyncio
from collections.abc import AsyncIterator

import aio_pika
import pytest
from aio_pika import Message
from aio_pika.abc import AbstractChannel
from opentelemetry.trace import StatusCode

from otelkit.testing.servers.server import Server

from .conftest import Instrument, Seen
from .reading import said

pytestmark = pytest.mark.integration


@pytest.fixture
async def channel(own_rabbitmq_server: Server) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(own_rabbitmq_server.url)
    channel = await connection.channel()
    await channel.declare_queue("orders")
    yield channel
    own_rabbitmq_server.thaw()
    await connection.close()


async def test_confirm_that_does_not_come_is_an_error_however_the_wait_ends(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, own_rabbitmq_server: Server
) -> None:
    instrument()
    own_rabbitmq_server.freeze()
    publish = channel.default_exchange.publish

    with pytest.raises(TimeoutError):
        await publish(Message(b"tea"), "orders", timeout=0.1)
    task = asyncio.create_task(publish(Message(b"tea"), "orders"))
    await asyncio.wait([task], timeout=0.1)
    task.cancel()
    await asyncio.wait([task])
    lost = asyncio.create_task(publish(Message(b"tea"), "orders"))
    await asyncio.wait([lost], timeout=0.1)
    own_rabbitmq_server.kill()
    await asyncio.wait([lost], timeout=5)
    own_rabbitmq_server.restart()

    timed_out, cancelled, torn = seen.all("publish")
    assert said(timed_out)["error.type"] == "TimeoutError"
    assert said(cancelled)["error.type"] == "asyncio.exceptions.CancelledError"
    assert (
        said(torn)["error.type"] == f"{type(lost.exception()).__module__}.{type(lost.exception()).__name__}"
    )
    assert {span.status.status_code for span in seen.all("publish")} == {StatusCode.ERROR}
    points = seen.points("messaging.client.sent.messages")
    assert sorted(point.attributes["error.type"] for point in points) == sorted(
        said(span)["error.type"] for span in seen.all("publish")
    )
