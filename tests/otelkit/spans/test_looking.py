"""Processors that only look at a span that has ended get it itself; the others a read-only copy."""

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from otelkit.spans import CheapTracerProvider


class Keeping(SpanProcessor):
    def __init__(self) -> None:
        self.ended: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.ended.append(span)


class Looking(Keeping):
    reads_live_spans = True


def test_who_says_that_it_only_looks_gets_the_span_itself_once() -> None:
    looking, keeping = Looking(), Keeping()
    provider = CheapTracerProvider(ALWAYS_ON, Resource({}))
    provider.add_span_processor(looking)
    provider.add_span_processor(keeping)

    span = provider.get_tracer("t").start_span("work")
    span.end()

    assert [id(one) for one in looking.ended] == [id(span)]
    assert [type(one) for one in keeping.ended] == [ReadableSpan]


def test_span_that_took_the_sdks_path_is_looked_at_once() -> None:
    looking = Looking()
    provider = CheapTracerProvider(ALWAYS_ON, Resource({}))
    provider.add_span_processor(looking)

    provider.get_tracer("t").start_span("work", attributes={"list": ["a"]}).end()

    assert [one.name for one in looking.ended] == ["work"]
