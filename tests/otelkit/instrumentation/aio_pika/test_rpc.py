"""aio-pika's patterns: RPC is one CLIENT span and its process span; Master is an ordinary queue."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import MessageProcessError
from aio_pika.patterns import RPC, JsonRPC, Master
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from .conftest import Instrument, Seen
from .reading import exceptions_of, is_child, said

pytestmark = pytest.mark.integration


@pytest.fixture(params=[RPC, JsonRPC])
async def rpc(
    request: pytest.FixtureRequest, instrument: Instrument, connection: AbstractConnection
) -> AsyncIterator[RPC]:
    """Both kinds, on the instrumented library."""
    instrument()
    made = await request.param.create(await connection.channel())
    yield made
    await made.close()


async def test_call_and_its_processing_are_the_only_spans(rpc: RPC, seen: Seen) -> None:
    inside: list[int] = []

    async def multiply(*, x: int, y: int) -> int:
        inside.append(trace.get_current_span().get_span_context().span_id)
        return x * y

    await rpc.register("multiply", multiply, auto_delete=True)
    assert await rpc.proxy.multiply(x=2, y=3) == 6
    (process,) = await seen.wait_for("process")
    call = seen.one("call")

    assert (call.name, call.kind) == ("call multiply", SpanKind.CLIENT)
    assert (process.name, process.kind) == ("process multiply", SpanKind.CONSUMER)
    assert is_child(process, call)
    assert inside == [process.context.span_id]
    assert len(seen.spans()) == 2
    assert said(call)["messaging.destination.name"] == "multiply"
    assert process.start_time >= call.start_time  # type: ignore[operator]  # both have begun


async def test_function_that_raises_is_an_error_on_both_sides(rpc: RPC, seen: Seen) -> None:
    async def fail() -> None:
        raise LookupError("no such order")

    await rpc.register("fail", fail, auto_delete=True)
    with pytest.raises(Exception, match="no such order"):
        await rpc.call("fail")
    (process,) = await seen.wait_for("process")

    assert exceptions_of(process) == ["LookupError"]
    assert exceptions_of(seen.one("call")) == []
    assert seen.one("call").status.status_code is StatusCode.ERROR
    assert process.status.status_code is StatusCode.ERROR


async def test_call_that_nobody_serves_is_an_error(rpc: RPC, seen: Seen) -> None:
    with pytest.raises(MessageProcessError):
        await rpc.call("nobody")

    assert said(seen.one("call"))["error.type"] == "aio_pika.exceptions.MessageProcessError"


async def test_call_that_is_cancelled_ends(rpc: RPC, seen: Seen) -> None:
    started = asyncio.Event()

    async def wait() -> None:
        started.set()
        await asyncio.Event().wait()

    await rpc.register("wait", wait, auto_delete=True)
    calling = asyncio.create_task(rpc.call("wait"))
    await asyncio.wait_for(started.wait(), 5)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling

    assert said(seen.one("call"))["error.type"] == "asyncio.exceptions.CancelledError"


async def test_what_a_function_publishes_has_its_own_span(
    rpc: RPC, seen: Seen, channel: AbstractChannel
) -> None:
    async def order() -> None:
        await channel.default_exchange.publish(Message(b"tea"), "nowhere")

    await rpc.register("order", order, auto_delete=True)
    await rpc.call("order")
    (process,) = await seen.wait_for("process")

    assert is_child(seen.one("publish"), process)


async def test_call_within_a_call_is_its_child(rpc: RPC, seen: Seen) -> None:
    async def inner() -> int:
        return 1

    async def outer() -> Any:
        return await rpc.call("inner")

    await rpc.register("inner", inner, auto_delete=True)
    await rpc.register("outer", outer, auto_delete=True)
    assert await rpc.call("outer") == 1
    await seen.wait_for("process", 2)
    spans = {span.name: span for span in seen.spans()}

    assert is_child(spans["process outer"], spans["call outer"])
    assert is_child(spans["call inner"], spans["process outer"])
    assert is_child(spans["process inner"], spans["call inner"])
    assert len(seen.spans()) == 4


async def test_task_of_a_master_is_processed_in_its_trace(
    instrument: Instrument, seen: Seen, channel: AbstractChannel
) -> None:
    instrument()
    master = Master(channel)

    async def pack(*, item: str) -> None:
        assert item == "tea"

    worker = await master.create_worker("pack", pack, auto_delete=True)
    await master.proxy.pack(item="tea")
    (process,) = await seen.wait_for("process")
    await worker.close()

    assert process.name == "process pack"
    assert is_child(process, seen.one("publish"))
    assert [event.name for event in process.events] == ["ack"]
