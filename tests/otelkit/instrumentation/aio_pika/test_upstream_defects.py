"""What opentelemetry-instrumentation-aio-pika 0.66b1 gets wrong, against the same broker, and ours beside it.

Each check runs twice; upstream's run is a strict xfail, so that a fix there turns the build red and our code
can go. Where no issue is named none was found.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import aio_pika
import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.patterns import RPC
from opentelemetry import trace
from opentelemetry.instrumentation.aio_pika import AioPikaInstrumentor as UpstreamInstrumentor
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from otelkit.instrumentation.aio_pika import AioPikaInstrumentor
from otelkit.testing.servers.server import Server

from .conftest import Seen, said

pytestmark = pytest.mark.integration


@pytest.fixture
def kind() -> str:
    """One kind of connection is enough."""
    return "plain"


def both(defect: str, raises: type[Exception] = AssertionError) -> pytest.MarkDecorator:
    """Check ours, and upstream's with its defect."""
    upstream = pytest.param(
        UpstreamInstrumentor, id="upstream", marks=pytest.mark.xfail(reason=defect, raises=raises)
    )
    return pytest.mark.parametrize(
        "instrumentor", [pytest.param(AioPikaInstrumentor, id="otelkit"), upstream]
    )


@pytest.fixture
def instrumented(instrumentor: type[Any], seen: Seen) -> Iterator[None]:
    made = instrumentor()
    made.instrument(tracer_provider=seen.tracers, meter_provider=seen.meters)
    yield
    made.uninstrument()


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


@both("names of reply queues are in span names")
async def test_reply_queues_are_not_in_span_names(
    instrumented: None, seen: Seen, channel: AbstractChannel
) -> None:
    replies = await channel.declare_queue(exclusive=True)
    await channel.default_exchange.publish(Message(b"tea"), replies.name)

    assert replies.name not in one(seen, SpanKind.PRODUCER).name


@both("a message that comes back as unroutable is a success")
async def test_unroutable_message_is_an_error(
    instrumented: None, seen: Seen, channel: AbstractChannel
) -> None:
    await channel.default_exchange.publish(Message(b"tea"), "nowhere", mandatory=True)

    assert one(seen, SpanKind.PRODUCER).status.status_code is StatusCode.ERROR


@both("publish writes its context into the application's message")
async def test_message_of_the_application_is_not_changed(
    instrumented: None, channel: AbstractChannel, queue: Queue
) -> None:
    message = Message(b"tea", headers={"shop": "tea"})

    await channel.default_exchange.publish(message, "orders")

    assert message.headers == {"shop": "tea"}


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


@both("a message without a context is processed in the trace in which the channel was opened")
async def test_message_without_a_context_has_a_trace_of_its_own(
    seen: Seen, rabbitmq_server: Server, instrumentor: type[Any]
) -> None:
    with seen.tracers.get_tracer("test").start_as_current_span("start-up"):
        connection = await aio_pika.connect(rabbitmq_server.url)
        channel = await connection.channel()
    async with connection:
        queue = await channel.declare_queue("orders", exclusive=True)
        assert isinstance(queue, Queue)
        await channel.default_exchange.publish(Message(b"tea"), "orders")
        made = instrumentor()
        made.instrument(tracer_provider=seen.tracers)
        done = asyncio.Event()

        async def handle(message: AbstractIncomingMessage) -> None:
            await message.ack()
            done.set()

        await queue.consume(handle)
        await asyncio.wait_for(done.wait(), 5)
        made.uninstrument()

    assert one(seen, SpanKind.CONSUMER).parent is None


@both("there are no metrics")
async def test_durations_are_recorded(instrumented: None, seen: Seen, channel: AbstractChannel) -> None:
    await channel.default_exchange.publish(Message(b"tea"), "nowhere")

    assert seen.points("messaging.client.operation.duration")


@both("an RPC is no call: two sends and two receives, the answer's in a span of its own")
async def test_rpc_is_one_call(instrumented: None, seen: Seen, channel: AbstractChannel) -> None:
    async def answer() -> int:
        return 42

    rpc = await RPC.create(channel)
    await rpc.register("answer", answer, auto_delete=True)
    await rpc.call("answer")
    await rpc.close()

    assert [span.name for span in seen.spans() if span.kind is SpanKind.CLIENT] == ["call answer"]
