"""The traces that the README shows, pattern by pattern."""

from collections.abc import Awaitable, Callable

from nats_jetstream import patterns
from nats_jetstream.patterns import Customer
from otelkit.testing import trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.traces import Span

Spans = Callable[[Callable[[list[Span]], bool]], Awaitable[list[Span]]]


def below(spans: list[Span], root: str) -> list[Span]:
    """The trace whose root has that name."""
    ids = [span.trace_id for span in spans if span.name == root and not span.parent_span_id]
    return [span for span in spans if span.trace_id in ids]


async def trace_of(spans: Spans, root: str, last: str, times: int = 1) -> list[Span]:
    """The trace below `root` when there are `times` spans named `last` in it."""
    all_spans = await spans(lambda some: [span.name for span in below(some, root)].count(last) == times)
    return below(all_spans, root)


async def test_order_leaves_the_trace_that_the_readme_shows(
    customer: Customer, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    await patterns.place_an_order(customer)

    trace = await trace_of(spans, "place an order", "process orders.placed")
    assert trace_tree(trace) == readme_trace("order")


async def test_notice_leaves_the_trace_that_the_readme_shows(
    customer: Customer, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    await patterns.tell_a_customer(customer)

    trace = await trace_of(spans, "tell a customer", "process shop.notices.{id}")
    assert trace_tree(trace) == readme_trace("notice")


async def test_quote_leaves_the_trace_that_the_readme_shows(
    customer: Customer, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    await patterns.ask_a_price(customer)

    assert trace_tree(await trace_of(spans, "ask a price", "ask a price")) == readme_trace("quote")
