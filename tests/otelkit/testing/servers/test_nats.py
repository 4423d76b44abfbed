"""A real NATS through the fixtures: ready means that JetStream answers, also after kill -9."""

import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client
from nats.errors import TimeoutError as NatsTimeoutError

from otelkit.testing.servers.nats import RECIPE, Nats
from otelkit.testing.servers.process import ProcessServer
from otelkit.testing.servers.program import program_of
from otelkit.testing.servers.server import Server, ServerError

pytestmark = pytest.mark.integration


class WithoutJetStream(Nats):
    start_seconds = 0.2

    def command(self, program: Path, folder: Path, port: int) -> Sequence[str]:
        return [str(program), "--addr", "127.0.0.1", "--port", str(port)]


@pytest.fixture
async def client(own_nats_server: Server) -> AsyncIterator[Client]:
    client = await nats.connect(own_nats_server.url, reconnect_time_wait=0.05, max_reconnect_attempts=-1)
    yield client
    await client.close()


async def test_jetstream_of_the_shared_server_answers(nats_server: Server) -> None:
    async with await nats.connect(nats_server.url) as client:
        account = await client.jetstream().account_info()

    assert account.streams >= 0


async def test_acknowledged_message_survives_kill_9_and_restart(own_nats_server: Server) -> None:
    async with await nats.connect(own_nats_server.url) as client:
        await client.jetstream().add_stream(name="ORDERS", subjects=["orders.*"])
        await client.jetstream().publish("orders.new", b"tea")

        own_nats_server.kill()
    own_nats_server.restart()

    async with await nats.connect(own_nats_server.url) as client:
        message = await client.jetstream().get_last_msg("ORDERS", "orders.new")
    assert message.data == b"tea"


async def test_frozen_server_is_silent_until_it_thaws(own_nats_server: Server, client: Client) -> None:
    own_nats_server.freeze()
    with pytest.raises(NatsTimeoutError):
        await client.jetstream(timeout=0.3).account_info()
    own_nats_server.thaw()

    assert (await client.jetstream().account_info()).streams == 0


async def test_server_beside_another_is_not_the_same(nats_server: Server, own_nats_server: Server) -> None:
    async with await nats.connect(own_nats_server.url) as client:
        await client.jetstream().add_stream(name="OWN", subjects=["own"])

    async with await nats.connect(nats_server.url) as client:
        assert "OWN" not in [stream.config.name for stream in await client.jetstream().streams_info()]


def test_server_whose_jetstream_does_not_answer_is_not_ready() -> None:
    with pytest.raises(ServerError, match="does not serve"):
        ProcessServer(WithoutJetStream(), program_of(RECIPE, os.environ, print))
