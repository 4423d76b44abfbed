"""What makes the spans of an order searchable, beside their place in the trace."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from nats_jetstream import patterns
from nats_jetstream.customer import Customer
from otelkit.testing import Sink
from otelkit.traces import Span

pytestmark = pytest.mark.integration
Spans = Callable[[Callable[[list[Span]], bool]], Awaitable[list[Span]]]
PLACED = "process orders.placed"


async def processed(spans: Spans, count: int) -> list[Span]:
    """The process spans of orders, in the order of their deliveries."""
    some = await spans(lambda all_: [span.name for span in all_].count(PLACED) == count)
    return sorted((span for span in some if span.name == PLACED), key=lambda span: span.start_nanos)


async def test_failed_delivery_records_its_exception_once(
    customer: Customer, spans: Spans, otlp_sink: Sink
) -> None:
    await patterns.order_too_early(customer)

    failed, _ = await processed(spans, 2)
    assert failed.attributes["error.type"] == "nats_jetstream.stock.OutOfStockError"
    exceptions = [span for span in otlp_sink.spans() for event in span.events if event.name == "exception"]
    assert exceptions == [failed]


async def test_repeated_publish_says_that_it_was_a_duplicate(customer: Customer, spans: Spans) -> None:
    await patterns.place_an_order(customer)

    name = "publish orders.placed"
    some = await spans(lambda all_: [span.name for span in all_].count(name) == 2)
    said = [span.attributes.get("messaging.nats.stream.duplicate") for span in some if span.name == name]
    assert said.count(True) == 1


async def test_span_of_an_order_has_its_id(customer: Customer, spans: Spans) -> None:
    await patterns.place_an_order(customer)

    (span,) = await processed(spans, 1)
    assert span.attributes["shop.order.id"] == span.attributes["messaging.message.id"]


async def test_durations_of_processing_are_measured_with_an_exemplar(
    customer: Customer, spans: Spans, otlp_sink: Sink
) -> None:
    await patterns.place_an_order(customer)

    (span,) = await processed(spans, 1)

    def is_there(_: object) -> bool:
        points = otlp_sink.metrics("messaging.process.duration")
        return any(exemplar.span_id == span.span_id for point in points for exemplar in point.exemplars)

    await asyncio.to_thread(otlp_sink.wait_for_metrics, is_there)
