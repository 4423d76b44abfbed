"""Callbacks: one process span around each call, in the trace of the sender, by both kinds of connection."""

import asyncio
from typing import Any

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from .conftest import Instrument, Seen
from .reading import exceptions_of, is_child, is_linked, said

pytestmark = pytest.mark.integration


async def send(channel: AbstractChannel, **properties: Any) -> None:
    await channel.default_exchange.publish(Message(b"tea", **properties), "orders")


async def test_message_is_processed_in_the_trace_of_its_sender(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    current: list[int] = []

    async def handle(message: AbstractIncomingMessage) -> None:
        async with message.process():
            current.append(trace.get_current_span().get_span_context().span_id)

    await queue.consume(handle)
    await send(channel, message_id="m-1", correlation_id="c-1")
    (process,) = await seen.wait_for("process")
    publish = seen.one("publish")

    assert (publish.name, publish.kind) == ("publish orders", SpanKind.PRODUCER)
    assert (process.name, process.kind) == ("process orders", SpanKind.CONSUMER)
    assert is_child(process, publish)
    assert is_linked(process, publish)
    assert current == [process.context.span_id]
    assert [event.name for event in process.events] == ["ack"]
    assert process.status.status_code is StatusCode.UNSET


async def test_spans_say_what_the_conventions_ask_for(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue, rabbitmq_server: Any
) -> None:
    instrument()

    async def handle(message: AbstractIncomingMessage) -> None:
        await message.ack()

    await queue.consume(handle)
    await send(channel, message_id="m-1", correlation_id="c-1")
    (process,) = await seen.wait_for("process")

    common = {
        "messaging.system": "rabbitmq",
        "server.address": rabbitmq_server.host,
        "server.port": rabbitmq_server.port,
        "messaging.destination.name": "orders",
        "messaging.rabbitmq.destination.routing_key": "orders",
        "messaging.message.id": "m-1",
        "messaging.message.conversation_id": "c-1",
        "messaging.message.body.size": 3,
    }
    sent = {"messaging.operation.name": "publish", "messaging.operation.type": "send"}
    processed = {"messaging.operation.name": "process", "messaging.operation.type": "process"}
    assert said(seen.one("publish")) == {**common, **sent}
    assert said(process) == {**common, **processed, "messaging.rabbitmq.message.delivery_tag": 1}


async def test_exception_of_a_callback_is_recorded_once(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()

    async def handle(message: AbstractIncomingMessage) -> None:
        async with message.process():
            raise LookupError("no such order")

    await queue.consume(handle)
    await send(channel)
    (process,) = await seen.wait_for("process")

    assert process.status.status_code is StatusCode.ERROR
    assert exceptions_of(process) == ["LookupError"]
    assert said(process)["error.type"] == "LookupError"
    assert [event.name for event in process.events] == ["reject", "exception"]


async def test_cancelled_callback_ends_its_span(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    started: asyncio.Future[asyncio.Task[Any]] = asyncio.get_running_loop().create_future()

    async def handle(_: AbstractIncomingMessage) -> None:
        task = asyncio.current_task()
        assert task is not None
        started.set_result(task)
        await asyncio.Event().wait()

    await queue.consume(handle, no_ack=True)
    await send(channel)
    (await started).cancel()
    (process,) = await seen.wait_for("process")

    assert said(process)["error.type"] == "asyncio.exceptions.CancelledError"
