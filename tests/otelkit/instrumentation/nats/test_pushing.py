"""Push consumers: callbacks that acknowledge by themselves, and loops."""

import pytest
from nats.aio.msg import Msg
from nats.js.client import JetStreamContext
from opentelemetry.trace import StatusCode

from .conftest import Instrument, publish_paid
from .recorded import attributes_of, current, id_of, parent_of, until

pytestmark = pytest.mark.integration


async def test_callback_is_processed_once_and_acknowledged_in_its_span(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str
) -> None:
    recorded = instrument()

    async def work(_: Msg) -> None: ...

    await streams.subscribe(f"{subject}.>", cb=work, durable="packers", stream=stream)
    await publish_paid(streams, subject, 1)
    await until(lambda: len(recorded.spans) == 2)

    processed = recorded.named("process")
    assert parent_of(processed) == id_of(recorded.named("publish"))
    assert [event.name for event in processed.events] == ["ack"]
    assert attributes_of(processed)["messaging.consumer.group.name"] == "packers"
    assert attributes_of(processed)["messaging.nats.stream.name"] == stream


async def test_queue_group_is_the_group(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str
) -> None:
    recorded = instrument()

    async def work(_: Msg) -> None: ...

    await streams.subscribe(f"{subject}.>", "packers", cb=work, stream=stream)
    await publish_paid(streams, subject, 1)
    await until(lambda: len(recorded.spans) == 2)

    assert attributes_of(recorded.named("process"))["messaging.consumer.group.name"] == "packers"


async def test_callback_that_raises_is_delivered_again_in_the_same_trace(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str
) -> None:
    recorded = instrument()

    async def work(message: Msg) -> None:
        if message.metadata.num_delivered == 1:
            await message.nak()
            raise LookupError

    await streams.subscribe(f"{subject}.>", cb=work, durable="packers", stream=stream)
    await publish_paid(streams, subject, 1)
    await until(lambda: len(recorded.spans) == 3)

    first, second = (span for span in recorded.spans if span.name.startswith("process"))
    assert [span.status.status_code for span in (first, second)] == [StatusCode.ERROR, StatusCode.UNSET]
    assert [attributes_of(span)["messaging.nats.message.delivery_count"] for span in (first, second)] == [
        1,
        2,
    ]
    assert parent_of(first) == parent_of(second)


@pytest.mark.parametrize("ordered", [False, True])
async def test_loop_over_a_push_subscription_is_processed_without_a_group(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str, *, ordered: bool
) -> None:
    recorded = instrument()
    subscription = await streams.subscribe(f"{subject}.>", stream=stream, ordered_consumer=ordered)
    await publish_paid(streams, subject, 2)
    async for message in subscription.messages:
        assert current() != 0
        if message.metadata.sequence.stream == 2:
            break
    await subscription.unsubscribe()

    attributes = attributes_of(recorded.spans[-1])
    assert attributes["messaging.destination.subscription.name"]
    assert "messaging.consumer.group.name" not in attributes
    assert [name.split()[0] for name in recorded.names] == ["publish"] * 2 + ["process"] * 2


async def test_next_msg_of_a_push_subscription_is_one_span(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str
) -> None:
    recorded = instrument()
    subscription = await streams.subscribe(f"{subject}.>", stream=stream, durable="packers")
    await publish_paid(streams, subject, 1)
    await subscription.next_msg(5)

    received = recorded.named("next_msg")
    assert len(recorded.spans) == 2
    assert attributes_of(received)["messaging.consumer.group.name"] == "packers"
    assert attributes_of(received)["messaging.nats.stream.sequence"] == 1
