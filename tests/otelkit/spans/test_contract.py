"""Our spans keep the SDK's word to callers and to every span processor."""

import io
import threading
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.baggage import set_baggage
from opentelemetry.context import Context
from opentelemetry.processor.baggage import ALLOW_ALL_BAGGAGE_KEYS, BaggageSpanProcessor
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext

from .sides import Side


class Noting(SpanProcessor):
    """Says what it is told, by its name."""

    def __init__(self, name: str, notes: list[object]) -> None:
        self._name, self._notes = name, notes

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        span.set_attribute("noted.by", self._name)
        self._notes.append((self._name, "start", span.name, parent_context, span.is_recording()))

    def _on_ending(self, span: Span) -> None:
        self._notes.append((self._name, "ending", span.name, span.is_recording()))

    def on_end(self, span: ReadableSpan) -> None:
        self._notes.append((self._name, "end", type(span), span.to_json()))


def fail_in_a_span(provider: TracerProvider) -> None:
    tracer = provider.get_tracer("t")
    with tracer.start_as_current_span("outer"), tracer.start_as_current_span("inner", attributes={"a": 1}):
        raise KeyError("gone")


def fail_decorated(provider: TracerProvider) -> None:
    @provider.get_tracer("t").start_as_current_span("work", record_exception=False)
    def work() -> None:
        raise KeyError("gone")

    work()


@pytest.mark.parametrize("fail", [fail_in_a_span, fail_decorated])
def test_exceptions_are_recorded_as_the_sdk_records_them(sides: tuple[Side, Side], fail: Any) -> None:
    seen = []
    for side in sides:
        with side.provider() as provider:
            with pytest.raises(KeyError):
                fail(provider)
            seen.append((side.exported(), [span.to_json() for span in side.finished]))

    assert seen[0] == seen[1]
    assert seen[1][1]


def test_processors_are_told_in_order_what_the_sdk_tells_them(sides: tuple[Side, Side]) -> None:
    seen = []
    for side in sides:
        notes: list[object] = []
        with side.provider() as provider:
            provider.add_span_processor(Noting("first", notes))
            provider.add_span_processor(Noting("second", notes))
            span = provider.get_tracer("t").start_span("work", Context(), attributes={"a": 1, "b": [2]})
            span.end()
            seen.append((notes, side.exported()))

    assert seen[0] == seen[1]
    assert len(seen[1][0]) == 6


def test_console_batch_and_baggage_processors_work(sides: tuple[Side, Side]) -> None:
    seen = []
    for side in sides:
        page, batched = io.StringIO(), InMemorySpanExporter()
        with side.provider() as provider:
            provider.add_span_processor(BaggageSpanProcessor(ALLOW_ALL_BAGGAGE_KEYS))
            provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(out=page)))
            provider.add_span_processor(BatchSpanProcessor(batched))
            span = provider.get_tracer("t").start_span("work", set_baggage("tenant", "7", Context()))
            span.add_event("e", {"x": 1}, 5)
            span.end()
            assert provider.force_flush()
            seen.append((page.getvalue(), [each.to_json() for each in batched.get_finished_spans()]))
            provider.shutdown()

    assert seen[0] == seen[1]
    assert '"tenant": "7"' in seen[1][0]


def test_ended_spans_ignore_what_comes_and_warn_as_the_sdks_do(
    sides: tuple[Side, Side], caplog: pytest.LogCaptureFixture
) -> None:
    seen = []
    for side in sides:
        caplog.clear()
        with side.provider() as provider:
            span = provider.get_tracer("t").start_span("work", attributes={"a": 1})
            span.end()
            span.set_attribute("a", 2)
            span.set_attributes({"a": 3})
            span.add_event("late")
            span.add_link(SpanContext(1, 2, is_remote=False))
            span.set_status(trace.StatusCode.OK)
            span.update_name("late")
            span.record_exception(ValueError())
            span.end()
            assert not span.is_recording()
            seen.append((caplog.record_tuples.copy(), side.exported()))

    assert seen[0] == seen[1]
    assert len(seen[1][0]) == 8


def test_attributes_of_many_threads_all_arrive(sides: tuple[Side, Side]) -> None:
    with sides[1].provider() as provider:
        span = provider.get_tracer("t").start_span("work")

        def write(thread: int) -> None:
            for number in range(20):
                span.set_attribute(f"k{thread}.{number}", number)
                span.set_attribute("same", number)
                span.set_attributes({"both": thread})

        threads = [threading.Thread(target=write, args=(thread,)) for thread in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        enders = [threading.Thread(target=span.end) for _ in range(4)]
        for thread in enders:
            thread.start()
        for thread in enders:
            thread.join()
        (exported,) = sides[1].finished

    assert len(exported.attributes or {}) == 122
