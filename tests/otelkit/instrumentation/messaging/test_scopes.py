"""Context that is current while a turn or a block is on, and no longer."""

import asyncio
import contextvars
import gc
import logging
from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.context import Context, get_current
from opentelemetry.instrumentation.utils import is_instrumentation_enabled, suppress_instrumentation
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MessagingOperationTypeValues

from otelkit.instrumentation.messaging import Block, Operation, Settings, Telemetry, Turns
from otelkit.instrumentation.messaging.scopes import current_context, is_suppressed


class Shop:
    def __init__(self) -> None:
        self.ended = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self.ended))
        self.telemetry = Telemetry("shop", Settings(), provider)
        self.plan = self.telemetry.plan("process", MessagingOperationTypeValues.PROCESS, "orders", {})

    def begin(self) -> Operation:
        return self.telemetry.begin_process(self.plan, None)

    @property
    def count(self) -> int:
        return len(self.ended.get_finished_spans())


@pytest.fixture
def shop(caplog: pytest.LogCaptureFixture) -> Iterator[Shop]:
    caplog.set_level(logging.WARNING)
    yield Shop()
    assert "Failed to detach context" not in caplog.text


def test_turn_ends_when_the_next_begins(shop: Shop) -> None:
    turns = Turns()
    turns.begin(shop.begin())
    second = shop.begin()
    turns.begin(second)
    assert (shop.count, trace.get_current_span()) == (1, second.span)
    turns.end()
    assert (shop.count, get_current()) == (2, Context())


def test_turn_ends_when_nobody_holds_it(shop: Shop) -> None:
    turns = Turns()
    turns.begin(shop.begin())
    del turns
    assert (shop.count, get_current()) == (1, Context())


def test_turn_that_is_collected_in_another_context_ends_its_span_and_leaves_that_context(shop: Shop) -> None:
    def leave() -> None:
        cycle: list[object] = [turns := Turns()]
        cycle.append(cycle)
        turns.begin(shop.begin())

    gc.disable()
    contextvars.copy_context().run(leave)
    gc.enable()
    with trace.use_span(trace.NonRecordingSpan(trace.INVALID_SPAN_CONTEXT)) as around:
        gc.collect()
        assert trace.get_current_span() is around
    assert shop.count == 1


def test_block_ends_the_operation_of_a_turn_however_late(shop: Shop) -> None:
    turns, operation = Turns(), shop.begin()
    turns.begin(operation)
    block = Block(operation)
    turns.end()
    assert shop.count == 0
    with pytest.raises(LookupError), block:
        _fail_in(operation)
    (span,) = shop.ended.get_finished_spans()
    assert (span.attributes or {})["error.type"] == "LookupError"


def test_block_that_is_dropped_ends_the_operation(shop: Shop) -> None:
    Block(shop.begin())
    assert shop.count == 1


async def test_block_may_be_entered_in_another_task(shop: Shop) -> None:
    block = Block(shop.begin())

    async def work() -> None:
        with block:
            await asyncio.sleep(0)

    await asyncio.create_task(work())
    assert (shop.count, get_current()) == (1, Context())


def test_current_context_and_suppression_are_what_opentelemetry_says() -> None:
    assert current_context() is get_current()
    assert not is_suppressed(current_context())
    with suppress_instrumentation():
        assert current_context() is get_current()
        assert is_suppressed(current_context()) is not is_instrumentation_enabled()


def test_operation_ends_once_and_the_first_error_counts(shop: Shop) -> None:
    operation = shop.begin()
    operation.note(None, "409")
    operation.note(LookupError())
    operation.end(KeyError())
    operation.end()
    (span,) = shop.ended.get_finished_spans()
    assert (span.attributes or {})["error.type"] == "409"
    assert span.events == ()


def _fail_in(operation: Operation) -> None:
    assert trace.get_current_span() is operation.span
    raise LookupError
