"""Loops that take turns in one task, and a loop that ends in another task than it ran in."""

import asyncio
import contextvars
import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.context import Context, attach, get_current
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MessagingOperationTypeValues

from otelkit.instrumentation.messaging import Operation, Settings, Telemetry, Turns, scopes


class Loop:
    """As those of the instrumentations: a turn for each message."""

    def __init__(self) -> None:
        self._telemetry = Telemetry("shop", Settings(), TracerProvider(shutdown_on_exit=False))
        self._plan = self._telemetry.plan("process", MessagingOperationTypeValues.PROCESS, "orders", {})
        self._turns = Turns()

    def turn(self) -> Operation:
        self._turns.end()
        operation = self._telemetry.begin_process(self._plan, None)
        self._turns.begin(operation)
        return operation

    def __aiter__(self) -> "Loop":
        return self

    async def __anext__(self) -> Operation:
        return self.turn()


@pytest.fixture(autouse=True)
def _forget_what_was_told() -> Iterator[None]:
    scopes._tell_of_a_lost_turn.cache_clear()
    yield
    scopes._tell_of_a_lost_turn.cache_clear()


def in_own_context(order: str, ends: list[str]) -> None:
    before = Context({"around": 1})
    attach(before)
    loops = {name: Loop() for name in "abc"}
    for name in order:
        assert loops[name].turn().context is get_current()
    for name in ends:
        del loops[name]
    assert get_current() is before


@given(st.text("abc", max_size=9), st.permutations("abc"))
def test_loops_that_take_turns_give_back_what_was_before_all(order: str, ends: list[str]) -> None:
    contextvars.Context().run(in_own_context, order, ends)


def test_loops_that_take_turns_where_no_context_was_set_leave_an_empty_one() -> None:
    def take_turns() -> None:
        first, second = Loop(), Loop()
        for _ in range(3):
            first.turn()
            second.turn()
        del first, second
        assert get_current() == Context()

    contextvars.Context().run(take_turns)


def test_loop_within_a_turn_gives_that_turn_back() -> None:
    outer = Loop()
    for _ in range(2):
        around, inner = outer.turn(), Loop()
        inner.turn()
        inner.turn()
        del inner
        assert get_current() is around.context
    del outer
    assert get_current() == Context()


def test_contexts_of_turns_that_are_over_hold_no_chain_of_each_other() -> None:
    def take_turns() -> None:
        first, second = Loop(), Loop()
        for _ in range(5):
            context = first.turn().context
            second.turn()
        first.turn()
        assert not hasattr(getattr(context, scopes._OVER), scopes._OVER)

    contextvars.Context().run(take_turns)


def test_what_the_body_attaches_to_its_span_goes_with_the_turn() -> None:
    loop = Loop()
    attach(Context({**loop.turn().context, "tenant": "7"}))
    del loop
    assert get_current() == Context()


async def generate() -> AsyncGenerator[Operation]:
    async for operation in Loop():
        yield operation


async def test_async_generator_that_is_closed_where_it_ran_leaves_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with aclosing(generate()) as operations:
        async for _ in operations:
            break
    assert get_current() == Context()
    assert not caplog.records


async def test_async_generator_that_is_left_to_the_event_loop_leaves_its_turn_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    operations = []
    for _ in range(2):
        async for operation in generate():
            operations.append(operation)
            break
        for _ in range(5):
            await asyncio.sleep(0)  # the event loop closes the generator in a task of its own
    assert all(operation.has_ended for operation in operations)
    assert get_current() is operations[-1].context
    (line,) = caplog.messages
    assert "contextlib.aclosing()" in line


async def test_next_loop_takes_away_what_a_lost_turn_left() -> None:
    async for _ in generate():
        break
    for _ in range(5):
        await asyncio.sleep(0)
    loop = Loop()
    loop.turn()
    del loop
    assert get_current() == Context()
