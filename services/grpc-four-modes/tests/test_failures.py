"""Failures: the caller gets a reason and the trace's id, the span says what happened, secrets stay inside."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2 as details_pb2  # type: ignore[import-untyped]  # no stubs

from grpc_four_modes.client import Client
from grpc_four_modes.generated.stock_pb2 import Adjustment, Offer
from grpc_four_modes.modes import adjust, reserve, watch
from grpc_four_modes.problems import detail, explain
from grpc_four_modes.store import Store
from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.traces import Span

Spans = Callable[[int], Awaitable[list[Span]]]
OpenShop = Callable[..., Any]


async def test_refusal_names_its_reason_the_field_and_the_trace(client: Client, spans: Spans) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await reserve.call(client, "tea", 20_000)

    error = caught.value
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert detail(error, details_pb2.ErrorInfo).reason == "INVALID_REQUEST"
    assert detail(error, details_pb2.BadRequest).field_violations[0].field == "quantity"
    trace_ids = {span.trace_id for span in await spans(2)}
    assert trace_ids == {detail(error, details_pb2.RequestInfo).request_id}
    assert explain(error).endswith(f"[INVALID_REQUEST] (trace {trace_ids.pop()})")


@pytest.mark.parametrize("item", ["", "x" * 101, "tea\n"])
async def test_name_that_cannot_be_one_is_an_invalid_argument(client: Client, item: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await reserve.call(client, item, 1)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_more_than_shop_and_warehouse_have_says_what_is_left(client: Client, spans: Spans) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await reserve.call(client, "tea", 5000)

    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    violation = detail(caught.value, details_pb2.PreconditionFailure).violations[0]
    assert (violation.subject, violation.description) == ("tea", "1100 left")
    assert len(await spans(5)) == 5


async def test_error_of_the_service_itself_is_recorded_once_and_told_to_nobody(
    client: Client,
    spans: Spans,
    otlp_sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
    readme_trace: ReadmeTraces,
) -> None:
    def break_down(*_: object) -> int:
        raise ZeroDivisionError("canary-4711")

    monkeypatch.setattr(Store, "level", break_down)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await reserve.call(client, "tea", 1)

    found = await spans(2)
    (server,) = [span for span in found if span.kind == "SERVER"]
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert "canary-4711" not in str(caught.value)
    assert trace_tree(found) == readme_trace("reserve-failed")
    assert [event.attributes["exception.type"] for event in server.events] == ["ZeroDivisionError"]
    records = otlp_sink.wait_for_logs(lambda logs: any(log.body == "a handler failed" for log in logs))
    assert {log.span_id for log in records if log.body == "a handler failed"} == {server.span_id}


async def test_stream_that_fails_at_once_is_one_error(client: Client, spans: Spans) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        async for _ in watch.call(client, "unicorn"):
            pass

    assert detail(caught.value, details_pb2.ErrorInfo).reason == "UNKNOWN_ITEM"
    assert {span.attributes["rpc.response.status_code"] for span in await spans(2)} == {"NOT_FOUND"}


async def test_wrong_adjustments_are_named_and_the_others_done(client: Client) -> None:
    async def mixed() -> AsyncIterator[Adjustment]:
        yield Adjustment(item="tea", change=1)
        yield Adjustment(item="", change=1)
        yield Adjustment(item="tea", change=-1_000_000)
        yield Adjustment(item="tea", change=1)

    result = await adjust.call(client, mixed())

    assert (result.adjusted, result.refused_count) == (2, 2)
    assert [(one.position, one.reason) for one in result.refused] == [
        (1, "INVALID_REQUEST"),
        (2, "INVALID_REQUEST"),
    ]


async def test_items_beyond_the_room_are_refused(open_shop: OpenShop) -> None:
    async def new_items() -> AsyncIterator[Adjustment]:
        for number in range(5):
            yield Adjustment(item=f"item-{number}", change=1)

    async with open_shop(max_items=5) as client:
        result = await adjust.call(client, new_items())

    assert result.adjusted == 2
    assert {one.reason for one in result.refused} == {"NO_ROOM"}


async def test_repeated_request_gets_the_first_answer(client: Client) -> None:
    first = await reserve.call(client, "tea", 2, request_id="r-1")
    second = await reserve.call(client, "tea", 2, request_id="r-1")

    assert first == second
    assert (await reserve.call(client, "tea", 1)).left == 97


async def test_haggling_without_end_is_ended(client: Client) -> None:
    async def stubborn() -> AsyncIterator[Offer]:
        for _ in range(30):
            yield Offer(item="tea", quantity=10, price_cents=1)

    answers = [answer async for answer in _until_refused(client.stock.Negotiate(stubborn()))]

    assert len(answers) == 21
    assert answers[-1] is grpc.StatusCode.FAILED_PRECONDITION


async def _until_refused(call: Any) -> AsyncIterator[Any]:
    try:
        async for answer in call:
            yield answer
    except grpc.aio.AioRpcError as error:
        yield error.code()
