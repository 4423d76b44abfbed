"""What opentelemetry-instrumentation-aio-pika 0.66b1 gets wrong, against the same broker, and ours beside it.

Each check runs twice; upstream's run is a strict xfail, so that a fix there turns the build red and our code
can go. Where no issue is named none was found.
"""

import asyncio
from typing import Any

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from opentelemetry import trace
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from .both import both
from .conftest import Seen
from .reading import said

pytestmark = pytest.mark.integration


@pytest.fixture
def kind() -> str:
    """One kind of connection is enough."""
    return "plain"


async def consume_one(seen: Seen, channel: AbstractChannel, queue: Queue) -> ReadableSpan:
    """Send a message to a callback, and give the span of that, whatever it is called."""
    await queue.consume(acknowledge)
    await channel.default_exchange.publish(Message(b"tea"), "orders")
    async with asyncio.timeout(5):
        while not (found := [span for span in seen.spans() if span.kind is SpanKind.CONSUMER]):
            seen.ends.event.clear()
            await seen.ends.event.wait()
    return found[0]


async def acknowledge(message: AbstractIncomingMessage) -> None:
    await message.ack()


def one(seen: Seen, kind: SpanKind) -> ReadableSpan:
    (span,) = [span for span in seen.spans() if span.kind is kind]
    return span


@both("contrib#2892, contrib#1993: the body of a loop over queue.iterator() has no context")
async def test_body_of_a_loop_is_in_the_trace_of_its_message(
    instrumented: None, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    await channel.default_exchange.publish(Message(b"tea"), "orders")

    async with queue.iterator() as messages:
        async for message in messages:
            await message.ack()
            trace_id = trace.get_current_span().get_span_context().trace_id
            break

    assert trace_id == one(seen, SpanKind.PRODUCER).context.trace_id


@both("get() is not instrumented")
async def test_get_has_a_span_that_links_to_the_message(
    instrumented: None, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    await channel.default_exchange.publish(Message(b"tea"), "orders")
    await queue.get(no_ack=True)

    links = [link.context.span_id for span in seen.spans() for link in span.links]
    assert links == [one(seen, SpanKind.PRODUCER).context.span_id]


@both(
    "contrib#1638: the operation of a callback is said to be `receive`, under a name of two generations ago"
)
async def test_callback_processes(
    instrumented: None, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    span = await consume_one(seen, channel, queue)

    assert said(span).get("messaging.operation.type") == "process"
    assert span.name == "process orders"


@both("contrib#1638: destination and server have deprecated names")
async def test_attributes_have_the_names_of_the_conventions(
    instrumented: None, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    span = await consume_one(seen, channel, queue)

    wanted = {"messaging.destination.name", "messaging.rabbitmq.destination.routing_key", "server.address"}
    assert wanted <= set(said(span))


@both("a process span does not link to the creation of its message")
async def test_process_span_links_to_the_creation_of_its_message(
    instrumented: None, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    span = await consume_one(seen, channel, queue)

    assert [link.context.span_id for link in span.links] == [one(seen, SpanKind.PRODUCER).context.span_id]


@both(
    "a header that is no text raises before the callback is called, so that the message is lost", TimeoutError
)
@pytest.mark.parametrize("value", [7, bytearray(b"\xff"), 1.5])
async def test_message_with_a_broken_header_is_processed(
    instrumented: None, channel: AbstractChannel, queue: Queue, value: Any
) -> None:
    processed = asyncio.Event()

    async def handle(message: AbstractIncomingMessage) -> None:
        await message.ack()
        processed.set()

    await queue.consume(handle)
    with suppress_instrumentation():  # sent by a stranger
        await channel.default_exchange.publish(Message(b"tea", headers={"traceparent": value}), "orders")

    await asyncio.wait_for(processed.wait(), 1)


@both("a callback that is cancelled is a success")
async def test_cancelled_callback_is_an_error(
    instrumented: None, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    started: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def handle(_: AbstractIncomingMessage) -> None:
        started.set_result(asyncio.current_task())
        await asyncio.Event().wait()

    await queue.consume(handle, no_ack=True)
    await channel.default_exchange.publish(Message(b"tea"), "orders")
    task = await asyncio.wait_for(started, 5)
    task.cancel()
    await asyncio.wait([task])

    assert one(seen, SpanKind.CONSUMER).status.status_code is StatusCode.ERROR
