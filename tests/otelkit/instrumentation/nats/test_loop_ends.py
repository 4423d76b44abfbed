"""A loop that is left by `break`, `return`, an exception or a cancellation leaves no context."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from .conftest import Instrument
from .recorded import current, until

pytestmark = pytest.mark.integration


async def fail_in_loop(subscription: Subscription) -> None:
    async for _ in subscription.messages:
        raise LookupError


async def test_context_is_gone_right_after_a_break(instrument: Instrument, filled: Subscription) -> None:
    recorded = instrument()
    async for _ in filled.messages:
        assert current() != 0
        break
    assert current() == 0
    assert len(recorded.spans) == 1


async def test_context_is_gone_right_after_the_body_raised(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()
    with pytest.raises(LookupError):
        await fail_in_loop(filled)
    assert current() == 0
    assert len(recorded.spans) == 1


async def test_context_is_gone_in_the_handler_of_the_bodys_exception(
    instrument: Instrument, filled: Subscription
) -> None:
    instrument()
    try:
        async for _ in filled.messages:
            raise LookupError
    except LookupError:
        assert current() == 0


async def test_context_is_gone_right_after_the_body_was_cancelled(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()
    after: list[int] = []

    async def consume() -> None:
        try:
            async for _ in filled.messages:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            after.append(current())

    task = asyncio.create_task(consume())
    await until(lambda: filled.pending_msgs == 2)
    await asyncio.sleep(0)
    task.cancel()
    await task
    assert after == [0]
    assert len(recorded.spans) == 1


async def test_context_is_gone_after_a_return_out_of_the_body(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()

    async def first() -> Msg | None:
        async for message in filled.messages:
            return message
        return None

    await first()
    assert current() == 0
    assert len(recorded.spans) == 1


async def generate(subscription: Subscription) -> AsyncGenerator[Msg]:
    async for message in subscription.messages:
        yield message


async def test_context_is_gone_after_a_generator_around_the_loop_is_closed(
    instrument: Instrument, filled: Subscription
) -> None:
    recorded = instrument()
    async with aclosing(generate(filled)) as messages:
        async for _ in messages:
            assert current() != 0
            break
    assert current() == 0
    assert len(recorded.spans) == 1


async def test_context_is_gone_after_loops_that_took_turns(
    instrument: Instrument, connection: Client, filled: Subscription, subject: str
) -> None:
    other = await connection.subscribe(subject)
    for _ in range(2):
        await connection.publish(subject)
    await until(lambda: other.pending_msgs == 2)
    recorded = instrument()
    first, second = aiter(filled.messages), aiter(other.messages)
    for _ in range(2):
        await anext(first)
        await anext(second)
    del first, second
    assert current() == 0
    assert [span.parent for span in recorded.spans] == [None] * 4
