"""A real RabbitMQ through the fixtures: all of Erlang's processes are killed and frozen, no daemon stays."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import aio_pika
import psutil
import pytest
from aio_pika.abc import AbstractChannel

from otelkit.testing.servers.probing import accepts
from otelkit.testing.servers.rabbitmq import RECIPE
from otelkit.testing.servers.server import Server, ServerError
from tests.waiting import wait_until

pytestmark = pytest.mark.integration

TEA = aio_pika.Message(b"tea", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)


@pytest.fixture
async def channel(own_rabbitmq_server: Server) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(own_rabbitmq_server.url) as connection:
        yield await connection.channel()


async def publish(channel: AbstractChannel, queue: str) -> None:
    """Publish one message and wait for the confirm."""
    await channel.default_exchange.publish(TEA, queue)


async def test_message_crosses_the_shared_server(rabbitmq_server: Server) -> None:
    async with await aio_pika.connect(rabbitmq_server.url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await publish(channel, queue.name)

        assert (await queue.get(timeout=5)).body == b"tea"


async def test_confirmed_message_survives_kill_9_and_restart(own_rabbitmq_server: Server) -> None:
    async with await aio_pika.connect(own_rabbitmq_server.url) as connection:
        channel = await connection.channel()
        await channel.declare_queue("orders", durable=True)
        await publish(channel, "orders")

        own_rabbitmq_server.kill()
        assert not accepts(own_rabbitmq_server.host, own_rabbitmq_server.port)
    own_rabbitmq_server.restart()

    async with await aio_pika.connect(own_rabbitmq_server.url) as connection:
        queue = await (await connection.channel()).get_queue("orders")
        assert (await queue.get(timeout=5)).body == b"tea"


async def test_frozen_server_is_silent_until_it_thaws(
    own_rabbitmq_server: Server, channel: AbstractChannel
) -> None:
    own_rabbitmq_server.freeze()
    answer = asyncio.create_task(channel.declare_queue("orders"))
    done, _ = await asyncio.wait([answer], timeout=0.3)
    own_rabbitmq_server.thaw()

    assert not done
    assert (await answer).name == "orders"


async def test_memory_alarm_holds_confirms_back_until_it_is_cleared(
    own_rabbitmq_server: Server, channel: AbstractChannel
) -> None:
    queue = await channel.declare_queue("orders", exclusive=True)

    own_rabbitmq_server.tool("rabbitmqctl", "set_vm_memory_high_watermark", "0.00001")
    confirm = asyncio.create_task(publish(channel, queue.name))
    done, _ = await asyncio.wait([confirm], timeout=0.3)
    own_rabbitmq_server.tool("rabbitmqctl", "set_vm_memory_high_watermark", "0.4")

    assert not done
    await asyncio.wait_for(confirm, 10)


def test_tool_that_fails_is_an_error_with_what_it_said(rabbitmq_server: Server) -> None:
    with pytest.raises(ServerError, match="no_such_command"):
        rabbitmq_server.tool("rabbitmqctl", "no_such_command")


def test_nothing_is_left_of_a_stopped_server_and_the_one_beside_it_goes_on(
    rabbitmq_server: Server, own_rabbitmq_server: Server
) -> None:
    home = own_rabbitmq_server.tool("rabbitmqctl", "eval", 'io:format("~s", [os:getenv("HOME")]).')
    home = home.removesuffix("ok\n")
    assert processes_at(home)

    own_rabbitmq_server.stop()

    wait_until(lambda: not processes_at(home), 5)  # Erlang's helpers end when they see its end
    assert accepts(rabbitmq_server.host, rabbitmq_server.port)


def processes_at(home: str) -> list[psutil.Process]:
    """Find what runs with this home; a daemon that left its parent has it, too."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("HOME") == home and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


@pytest.mark.parametrize("port", [5672, 12_767, 12_768, 20_000, 32_767])
def test_port_for_tools_is_one_that_no_outgoing_connection_takes(port: int) -> None:
    (beside,) = RECIPE.more_ports(port)

    assert 1024 < beside < 32_768
    assert beside != port
