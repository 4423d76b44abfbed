"""Blocks that process, and loops and callbacks that only hand over."""

import asyncio
from typing import Any

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.client import JetStreamContext
from opentelemetry.trace import SpanKind

from otelkit.instrumentation.nats import processing, processing_all, unprocessed

from .conftest import Instrument, Pull, publish_paid
from .recorded import Recorded, attributes_of, current, id_of, links_of, parent_of, until

pytestmark = pytest.mark.integration


def processed(recorded: Recorded) -> list[Any]:
    return [span for span in recorded.spans if span.kind is SpanKind.CONSUMER]


async def work(message: Msg, block: Any = None) -> None:
    with block or processing(message):
        await asyncio.sleep(0)
        if message.data == b"1":
            raise LookupError


async def test_messages_handed_to_tasks_are_processed_in_blocks(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str
) -> None:
    recorded = instrument()
    await publish_paid(streams, subject)
    messages = unprocessed(await pull.fetch(3, timeout=5))
    await asyncio.gather(*(work(message) for message in messages), return_exceptions=True)

    published = [span for span in recorded.spans if span.kind is SpanKind.PRODUCER]
    assert {parent_of(span) for span in processed(recorded)} == {id_of(span) for span in published}
    errors = sorted(attributes_of(span).get("error.type", "") for span in processed(recorded))
    assert errors == ["", "", "LookupError"]


async def test_block_that_a_loop_hands_to_a_task_ends_the_loops_span(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()
    tasks = []
    async for message in filled.messages:
        tasks.append(asyncio.create_task(work(message, processing(message))))
        if len(tasks) == 2:
            break
    assert current() == 0
    assert len(recorded.names) < 2
    await asyncio.gather(*tasks, return_exceptions=True)

    assert [attributes_of(span).get("error.type") for span in processed(recorded)] == [None, "LookupError"]


async def test_block_that_a_callback_hands_to_a_task_ends_the_callbacks_span(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    tasks = []

    async def hand_over(message: Msg) -> None:
        tasks.append(asyncio.create_task(work(message, processing(message))))
        await asyncio.sleep(0)

    await connection.subscribe(subject, cb=hand_over)
    await connection.publish(subject, b"1")
    await until(lambda: processed(recorded))

    (span,) = processed(recorded)
    assert attributes_of(span)["error.type"] == "LookupError"
    assert isinstance(tasks[0].exception(), LookupError)


async def test_block_that_is_never_entered_ends_with_itself(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()
    async for message in filled.messages:
        block = processing(message)
        break
    assert recorded.names == []
    del block
    assert len(processed(recorded)) == 1


async def test_loop_that_only_hands_over_makes_no_spans_and_counts(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()
    async for message in unprocessed(filled.messages):
        assert current() == 0
        if message.data == b"2":
            break
    assert recorded.names == []
    assert recorded.point("messaging.client.consumed.messages") == 3


async def test_callback_that_only_hands_over_makes_no_spans_and_counts(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    done: list[Msg] = []

    async def collect(message: Msg) -> None:
        done.append(message)

    await connection.subscribe(subject, cb=unprocessed(collect))
    await connection.publish(subject)
    await until(lambda: done)
    assert processed(recorded) == []
    assert recorded.point("messaging.client.consumed.messages") == 1


async def test_messages_are_processed_together_in_one_block(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str
) -> None:
    recorded = instrument()
    await publish_paid(streams, subject)
    await streams.publish(f"{subject}.sent", b"3")
    messages = await pull.fetch(4, timeout=5)
    with processing_all(messages[:3]):
        await messages[0].ack()
        await messages[1].nak(3)
    with processing_all(messages):
        inside = current()

    one, mixed = processed(recorded)
    published = [id_of(span) for span in recorded.spans if span.kind is SpanKind.PRODUCER]
    assert one.name == f"process {subject}.paid"
    assert mixed.name == f"process {subject.replace('.', '_')}"
    assert (links_of(one), links_of(mixed)) == (published[:3], published)
    assert attributes_of(mixed)["messaging.batch.message_count"] == 4
    (event,) = one.events
    assert (event.name, (event.attributes or {})["messaging.nats.stream.sequence"]) == ("nak", 2)
    assert inside == id_of(mixed)
