"""The traces that the README shows, and the attributes that make them searchable."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from grpc_four_modes.client import Client
from grpc_four_modes.generated.stock_pb2 import Adjustment
from grpc_four_modes.haggling import Buyer
from grpc_four_modes.modes import adjust, negotiate, reserve, watch
from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.traces import Span

Spans = Callable[[int], Awaitable[list[Span]]]


async def adjustments(count: int) -> AsyncIterator[Adjustment]:
    for _ in range(count):
        yield Adjustment(item="lamp", change=1)


def by_kind(spans: list[Span]) -> dict[str, Span]:
    return {span.kind: span for span in spans}


async def test_reservation_leaves_the_trace_that_the_readme_shows(
    client: Client, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    answer = await reserve.call(client, "tea", 2)

    assert (answer.left, answer.supplied) == (98, 0)
    assert trace_tree(await spans(3)) == readme_trace("reserve")


async def test_reservation_beyond_the_stock_asks_the_warehouse_in_the_same_trace(
    client: Client, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    answer = await reserve.call(client, "chair", 6)

    assert (answer.left, answer.supplied) == (0, 2)
    assert trace_tree(await spans(5)) == readme_trace("reserve-supplied")


async def test_watching_leaves_the_trace_that_the_readme_shows(
    client: Client, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    levels = [level.quantity async for level in watch.call(client, "tea", 1)]

    assert levels == [100]
    assert trace_tree(await spans(2)) == readme_trace("watch")


async def test_bulk_adjustment_leaves_the_trace_that_the_readme_shows(
    client: Client, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    result = await adjust.call(client, adjustments(1000))

    assert result.adjusted == 1000
    assert trace_tree(await spans(2)) == readme_trace("adjust")


async def test_negotiation_leaves_the_trace_that_the_readme_shows(
    client: Client, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    rounds = [answer.agreed async for _, answer in negotiate.call(client, Buyer("tea", 10, 900))]

    assert rounds[-1]
    assert trace_tree(await spans(2)) == readme_trace("negotiate")


async def test_reader_who_has_seen_enough_leaves_a_whole_trace(
    client: Client, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    async with aclosing(watch.call(client, "tea")) as levels:
        async for _ in levels:
            break

    assert trace_tree(await spans(2)) == readme_trace("watch-left")


async def test_messages_of_a_stream_are_counted_on_both_sides(client: Client, spans: Spans) -> None:
    await adjust.call(client, adjustments(50))

    sides = by_kind(await spans(2))
    assert sides["CLIENT"].attributes["grpc.messages.sent"] == 50
    assert sides["SERVER"].attributes["grpc.messages.received"] == 50


async def test_spans_follow_the_rpc_conventions(client: Client, spans: Spans) -> None:
    await adjust.call(client, adjustments(1))

    for span in await spans(2):
        assert span.attributes["rpc.system.name"] == "grpc"
        assert span.attributes["rpc.method"] == "shop.stock.v1.Stock/BulkAdjust"
        assert span.attributes["rpc.response.status_code"] == "OK"


async def test_unknown_item_is_an_error_of_the_caller_alone(
    client: Client, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    with pytest.raises(grpc.aio.AioRpcError):
        await reserve.call(client, "unicorn", 1)

    assert trace_tree(await spans(2)) == readme_trace("reserve-unknown")


async def test_duration_is_measured_on_both_sides_with_an_exemplar(
    client: Client, spans: Spans, otlp_sink: Sink
) -> None:
    await adjust.call(client, adjustments(1))

    sides = by_kind(await spans(2))
    names = {"CLIENT": "rpc.client.call.duration", "SERVER": "rpc.server.call.duration"}
    points = otlp_sink.wait_for_metrics(lambda all_: set(names.values()) <= {p.name for p in all_})
    for kind, name in names.items():
        point = next(point for point in points if point.name == name)
        assert point.unit == "s"
        assert [exemplar.span_id for exemplar in point.exemplars] == [sides[kind].span_id]


async def test_health_and_reflection_leave_no_span(client: Client, spans: Spans) -> None:
    health = health_pb2_grpc.HealthStub(client.channel)
    await health.Check(health_pb2.HealthCheckRequest())
    await adjust.call(client, adjustments(1))

    assert {span.name for span in await spans(2)} == {"shop.stock.v1.Stock/BulkAdjust"}
