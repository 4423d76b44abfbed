"""What upstream gets wrong where messages are sent, as in test_upstream_defects, and ours beside it."""

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel
from aio_pika.patterns import RPC
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from .both import both
from .conftest import Seen

pytestmark = pytest.mark.integration


@pytest.fixture
def kind() -> str:
    """One kind of connection is enough."""
    return "plain"


def one(seen: Seen, kind: SpanKind) -> ReadableSpan:
    (span,) = [span for span in seen.spans() if span.kind is kind]
    return span


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
