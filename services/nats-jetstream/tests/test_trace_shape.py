"""The traces that the README shows, pattern by pattern, and the attributes that make them searchable."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from nats_jetstream import patterns
from nats_jetstream.customer import Customer
from otelkit.testing import Sink, TraceTree, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.traces import Span

pytestmark = pytest.mark.integration
TraceOf = Callable[..., Awaitable[list[Span]]]
PLACED = "process orders.placed"


@pytest.fixture
def trace_of(otlp_sink: Sink) -> TraceOf:
    """Wait for the trace below a root, until it has so many spans with each name."""

    def below(spans: list[Span], root: str) -> list[Span]:
        ids = [span.trace_id for span in spans if span.name == root and not span.parent_span_id]
        return [span for span in spans if span.trace_id in ids]

    async def wait(root: str, wanted: dict[str, int]) -> list[Span]:
        def is_whole(spans: list[Span]) -> bool:
            there = Counter(span.name for span in below(spans, root))
            return there[root] > 0 and all(there[name] >= count for name, count in wanted.items())

        return below(await asyncio.to_thread(otlp_sink.wait_for_spans, is_whole), root)

    return wait


def tree_of(trace: list[Span]) -> TraceTree:
    return trace_tree(trace, events=True)


async def test_order_leaves_the_trace_that_the_readme_shows(
    customer: Customer, trace_of: TraceOf, readme_trace: ReadmeTraces
) -> None:
    await patterns.place_an_order(customer)

    trace = await trace_of("place an order", {PLACED: 1, "process shop.notices.{id}": 1})
    assert tree_of(trace) == readme_trace("order")


async def test_notice_leaves_the_trace_that_the_readme_shows(
    customer: Customer, trace_of: TraceOf, readme_trace: ReadmeTraces
) -> None:
    await patterns.tell_a_customer(customer)

    trace = await trace_of("tell a customer", {"process shop.notices.{id}": 1})
    assert tree_of(trace) == readme_trace("notice")


async def test_quote_leaves_the_trace_that_the_readme_shows(
    customer: Customer, trace_of: TraceOf, readme_trace: ReadmeTraces
) -> None:
    await patterns.ask_a_price(customer)

    assert tree_of(await trace_of("ask a price", {})) == readme_trace("quote")


async def test_change_of_a_level_leaves_the_trace_that_the_readme_shows(
    customer: Customer, trace_of: TraceOf, readme_trace: ReadmeTraces
) -> None:
    await patterns.change_a_level(customer)

    trace = await trace_of("change a level", {"process $KV.stock": 1})
    assert tree_of(trace) == readme_trace("level")


async def test_invoice_leaves_the_trace_that_the_readme_shows(
    customer: Customer, trace_of: TraceOf, readme_trace: ReadmeTraces
) -> None:
    await patterns.keep_an_invoice(customer)

    assert tree_of(await trace_of("keep an invoice", {})) == readme_trace("invoice")


async def test_micro_service_leaves_the_trace_that_the_readme_shows(
    customer: Customer, trace_of: TraceOf, readme_trace: ReadmeTraces
) -> None:
    await patterns.ask_the_warehouse(customer)

    trace = await trace_of("ask the warehouse", {"process $KV.stock": 1})
    assert tree_of(trace) == readme_trace("warehouse")


async def test_retry_leaves_the_trace_that_the_readme_shows(
    customer: Customer, trace_of: TraceOf, readme_trace: ReadmeTraces
) -> None:
    await patterns.order_too_early(customer)

    trace = await trace_of("order too early", {PLACED: 2, "process shop.notices.{id}": 1})
    assert tree_of(trace) == readme_trace("retry")
    assert deliveries_of(trace) == [1, 2]


async def test_dead_letter_and_its_replay_are_in_the_trace_that_began_with_the_order(
    customer: Customer, trace_of: TraceOf, readme_trace: ReadmeTraces
) -> None:
    await patterns.order_too_much(customer)

    trace = await trace_of("order too much", {PLACED: 4, "process shop.notices.{id}": 1})
    assert tree_of(trace) == readme_trace("dead-letter")
    assert deliveries_of(trace) == [1, 2, 3, 1]
    (buried,) = [span for span in trace if span.name == "bury message"]
    assert buried.attributes["shop.dead.reason"] == "max_deliver"
    assert buried.attributes["shop.dead.deliveries"] == 3
    assert buried.attributes["error.type"] == "OutOfStockError"


def deliveries_of(trace: list[Span]) -> list[object]:
    processed = [span for span in trace if span.name == PLACED]
    processed.sort(key=lambda span: span.start_nanos)
    return [span.attributes["messaging.nats.message.delivery_count"] for span in processed]
