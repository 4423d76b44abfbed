"""`async for message in subscription.messages`: current in the body, and nowhere else."""

import asyncio

import pytest
from nats.aio.client import Client
from nats.aio.subscription import Subscription

from otelkit.instrumentation.nats import processing

from .conftest import Instrument
from .recorded import attributes_of, current, id_of, parent_of, until

pytestmark = pytest.mark.integration


async def fail_in_block(subscription: Subscription) -> None:
    async for message in subscription.messages:
        with processing(message):
            raise LookupError


async def test_message_is_current_in_the_body_and_its_parent_is_the_publish(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    subscription = await connection.subscribe(subject)
    await connection.publish(subject)

    async for _ in subscription.messages:
        inside = current()
        break

    processed = recorded.named("process")
    assert inside == id_of(processed)
    assert parent_of(processed) == id_of(recorded.named("publish"))


async def test_context_is_that_of_the_surrounding_span_again(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()
    with recorded.tracers.get_tracer("test").start_as_current_span("around") as around:
        async for _ in filled.messages:
            break
        assert current() == around.get_span_context().span_id
    assert parent_of(recorded.named("process")) == id_of(recorded.named("around"))


async def test_loops_in_sequence_over_messages_kept_in_a_variable(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()
    messages = filled.messages
    async for _ in messages:
        break
    assert current() == 0
    async for _ in messages:
        break
    assert current() == 0
    assert len(recorded.spans) == 2


async def test_span_of_a_message_ends_when_the_next_is_asked_for(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()
    ended: list[int] = []
    async for message in filled.messages:
        ended.append(len(recorded.spans))
        if message.data == b"2":
            break
    assert ended == [0, 1, 2]
    assert len(recorded.spans) == 3


async def test_span_does_not_last_while_the_next_message_is_waited_for(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    subscription = await connection.subscribe(subject)
    await connection.publish(subject)

    async def consume() -> None:
        async for _ in subscription.messages:
            pass

    task = asyncio.create_task(consume())
    await until(lambda: len(recorded.spans) == 2)
    await subscription.unsubscribe()
    await task


async def test_loop_ends_with_the_subscription_and_leaves_no_context(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()
    async for message in filled.messages:
        if message.data == b"2":
            await filled.unsubscribe()
    assert current() == 0
    assert len(recorded.spans) == 3


async def test_iterator_kept_in_a_variable_has_no_context_after_its_loop(
    instrument: Instrument, filled: Subscription
) -> None:
    instrument()
    iterator = aiter(filled.messages)
    async for _ in iterator:
        break
    assert current() != 0  # the iterator lives, and nobody said that the body has ended
    del iterator
    assert current() == 0


async def test_one_message_asked_for_without_a_loop_is_received_and_leaves_no_context(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()
    await anext(filled.messages)
    assert current() == 0
    assert [name.split()[0] for name in recorded.names] == ["next_msg"]


async def test_processing_in_a_loop_says_what_the_body_raised_on_the_same_span(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()
    with pytest.raises(LookupError):
        await fail_in_block(filled)
    assert attributes_of(recorded.named("process"))["error.type"] == "LookupError"
    assert current() == 0
