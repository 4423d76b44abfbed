"""RPC servers that are not as the pattern has them: subclasses, and requests of strangers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.patterns import RPC

from .conftest import Instrument, Seen
from .reading import is_child

pytestmark = pytest.mark.integration


class NamingRPC(RPC):
    """Gives its arguments by name."""

    async def deserialize_message(self, message: Any) -> Any:
        return await super().deserialize_message(message=message)

    async def execute(self, func: Any, payload: Any) -> Any:
        return await super().execute(func=func, payload=payload)


@pytest.fixture
async def rpc(instrument: Instrument, connection: AbstractConnection) -> AsyncIterator[RPC]:
    """The subclass, on the instrumented library."""
    instrument()
    made = await NamingRPC.create(await connection.channel())
    yield made
    await made.close()


async def test_server_of_a_subclass_that_names_its_arguments_answers(rpc: RPC, seen: Seen) -> None:
    async def add(*, x: int) -> int:
        return x + 1

    await rpc.register("add", add, auto_delete=True)

    assert await rpc.call(method_name="add", kwargs={"x": 1}) == 2
    (process,) = await seen.wait_for("process")
    assert is_child(process, seen.one("call"))


@pytest.mark.parametrize("reply_to", [None, "answers"])
async def test_what_a_function_publishes_by_the_key_of_the_reply_has_its_own_span(
    rpc: RPC, seen: Seen, channel: AbstractChannel, reply_to: str | None
) -> None:
    exchange = await channel.declare_exchange("shop", auto_delete=True)
    await (await channel.declare_queue("answers", exclusive=True)).bind(exchange)

    async def order() -> None:
        await exchange.publish(Message(b"tea"), reply_to or "", mandatory=False)

    await rpc.register("order", order, auto_delete=True)
    request = Message(rpc.serialize({}), type="call", reply_to=reply_to)
    await channel.default_exchange.publish(request, "order")
    (process,) = await seen.wait_for("process")

    request_span, own = seen.all("publish")
    assert is_child(process, request_span)
    assert is_child(own, process)
