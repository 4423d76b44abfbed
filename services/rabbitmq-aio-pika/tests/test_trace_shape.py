"""The traces that the README shows, and the attributes that make them searchable."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry import trace

from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.traces import Span
from rabbitmq_aio_pika.patterns import PATTERNS
from rabbitmq_aio_pika.shop import Shop

pytestmark = pytest.mark.integration
Spans = Callable[[Any], Awaitable[list[Span]]]


async def shown(shop: Shop, name: str) -> None:
    """Run a pattern as the demo does."""
    with trace.get_tracer(__name__).start_as_current_span(f"demo: {name}"):
        await PATTERNS[name](shop)


def tree_of(spans: list[Span]) -> str:
    """Draw them; deliveries of one message to several queues count as simultaneous: which is first varies."""
    first: dict[Any, int] = {}
    for span in spans:
        if span.kind == "CONSUMER":
            first[span.links[0]] = min(span.start_nanos, first.get(span.links[0], span.start_nanos))
    return trace_tree(
        replace(span, start_nanos=first[span.links[0]]) if span.kind == "CONSUMER" else span for span in spans
    )


async def test_shipment_leaves_the_trace_that_the_readme_shows(
    shop: Shop, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    await shown(shop, "ship")

    assert tree_of(await spans(7)) == readme_trace("ship")


async def test_parcel_abroad_leaves_the_trace_that_the_readme_shows(
    shop: Shop, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    await shown(shop, "ship-abroad")

    assert tree_of(await spans(8)) == readme_trace("ship-abroad")


async def test_story_from_publish_to_replay_is_one_trace(
    shop: Shop, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    await shown(shop, "one-story")

    story = await spans(19)
    assert len({span.trace_id for span in story}) == 1
    assert tree_of(story) == readme_trace("one-story")


@pytest.fixture
def linked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTELKIT_AIO_PIKA_SINGLE_MESSAGE", "link")


async def test_story_is_a_trace_for_each_attempt_when_messages_are_only_linked(
    linked: None, shop: Shop, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    await shown(shop, "one-story")

    story = await spans(19)
    assert len({span.trace_id for span in story}) == 7  # the replay goes on in the trace of who asked for it
    assert tree_of(story) == readme_trace("one-story-linked")


async def test_unroutable_message_leaves_the_trace_that_the_readme_shows(
    shop: Shop, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    await shown(shop, "unroutable")

    assert tree_of(await spans(8)) == readme_trace("unroutable")


async def test_batch_is_one_span_that_links_to_the_creation_of_each_message(
    shop: Shop, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    await shown(shop, "batch")

    seen = await spans(5)
    assert tree_of(seen) == readme_trace("batch")
    (batch,) = [span for span in seen if span.kind == "CONSUMER"]
    published = {span.key for span in seen if span.kind == "PRODUCER"}
    assert {(link.trace_id, link.span_id) for link in batch.links} == published
    assert batch.attributes["messaging.batch.message_count"] == 3


async def test_question_and_answer_leave_the_trace_that_the_readme_shows(
    shop: Shop, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    await shown(shop, "request-reply")

    assert tree_of(await spans(11)) == readme_trace("request-reply")


async def test_attempts_and_errors_are_told_by_the_process_spans(shop: Shop, spans: Spans) -> None:
    await shown(shop, "one-story")

    failed = [span for span in await spans(19) if span.kind == "CONSUMER" and span.status == "ERROR"]
    in_order = sorted(failed, key=lambda span: span.start_nanos)
    assert [span.attributes["shop.message.attempts"] for span in in_order] == [1, 2, 3]
    assert [[event.name for event in span.events] for span in in_order] == [["ack", "exception"]] * 3
    assert {span.attributes["error.type"] for span in failed} == {"rabbitmq_aio_pika.shipping.CarrierError"}
    assert (
        in_order[0].attributes["messaging.rabbitmq.destination.routing_key"] == "shipment.requested.standard"
    )


async def test_exception_of_a_message_is_recorded_once_for_each_attempt(shop: Shop, spans: Spans) -> None:
    await shown(shop, "one-story")

    recorded = [event for span in await spans(19) for event in span.events if event.name == "exception"]
    assert len(recorded) == 3


async def test_pools_are_counted_by_name_and_state(shop: Shop, otlp_sink: Sink, spans: Spans) -> None:
    await shown(shop, "ship")
    await spans(7)

    def all_there(points: list[Any]) -> bool:
        return {"shop.pool.count", "shop.pool.max", "shop.pool.wait_time", "shop.outbox.messages"} <= {
            point.name for point in points
        }

    points = await asyncio.to_thread(otlp_sink.wait_for_metrics, all_there)
    counted = [point for point in points if point.name == "shop.pool.count"]
    assert {(p.attributes["shop.pool.name"], p.attributes["shop.pool.state"]) for p in counted} == {
        (name, state) for name in ("connections", "channels") for state in ("used", "idle")
    }
