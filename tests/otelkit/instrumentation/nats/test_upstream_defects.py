"""What is wrong in nats-py itself, without any instrumentation: a fix there turns these red."""

import asyncio

import nats
import pytest
from nats.aio.client import Client
from nats.js.client import JetStreamContext
from nats.js.errors import BadRequestError

from otelkit.testing.servers.server import Server

from .raw import send_raw
from .recorded import until

pytestmark = pytest.mark.integration


@pytest.mark.xfail(
    raises=TimeoutError, reason="the future is left pending, https://github.com/nats-io/nats.py/issues/985"
)
async def test_refused_publish_async_fails_its_future(
    streams: JetStreamContext, stream: str, subject: str
) -> None:
    future = await streams.publish_async(f"{subject}.paid", stream=f"not_{stream}")
    with pytest.raises(BadRequestError):
        await asyncio.wait_for(future, 0.5)


@pytest.mark.xfail(
    raises=AssertionError,
    reason="the future is left pending, not reported; nats.go fails it, https://github.com/nats-io/nats.go/pull/1346",
)
async def test_publish_async_whose_connection_is_closed_fails_its_future(
    nats_server: Server, connection: Client, subject: str
) -> None:
    await connection.subscribe(subject)  # answers never
    await connection.flush()
    other = await nats.connect(nats_server.url)
    future = await other.jetstream().publish_async(subject)
    await other.close()
    assert future.done()


@pytest.mark.xfail(
    raises=AssertionError,
    reason="whatever raises in the read loop ends it: the connection stays open and hears nothing, "
    "https://github.com/nats-io/nats.py/pull/914",
)
@pytest.mark.parametrize(
    "block", [b"NATS/1.0", b"NATS/1.0 \xff\xff\xff\r\n\r\n", b"NATS/1.0 200 \xff\r\n\r\n"]
)
async def test_broken_header_line_of_a_stranger_costs_no_more_than_its_message(
    connection: Client, nats_server: Server, subject: str, block: bytes
) -> None:
    subscription = await connection.subscribe(subject)
    await connection.publish(subject)  # not flush(): its PING overtakes what is not written yet
    await until(lambda: subscription.pending_msgs == 1)
    await send_raw(nats_server, subject, block, b"")
    await send_raw(nats_server, subject, b"NATS/1.0\r\n\r\n", b"next")
    await until(lambda: subscription.pending_msgs > 1, 0.5)
