"""Hostile input: refused or ignored, seen in a span where there was a call, and the next call works."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import grpc
import pytest

from grpc_four_modes.client import Client
from grpc_four_modes.generated.stock_pb2 import Adjustment, ReserveRequest
from grpc_four_modes.modes import reserve, watch
from otelkit.traces import Span

Spans = Callable[[int], Awaitable[list[Span]]]
OpenShop = Callable[..., Any]
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
RESERVE = "/shop.stock.v1.Stock/Reserve"


def raw(client: Client, method: str = RESERVE) -> Any:
    """A call of one method whose messages are bytes as they are."""
    return client.channel.unary_unary(method, lambda data: data, lambda data: data)


async def code_of(call: Awaitable[object]) -> grpc.StatusCode:
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


async def assert_still_serving(client: Client) -> None:
    assert (await reserve.call(client, "tea", 1)).left < 100


async def test_huge_message_is_refused_by_the_server(open_shop: OpenShop, spans: Spans) -> None:
    async with open_shop({"max_message_bytes": 64 << 20}, max_message_bytes=1 << 20) as client:
        huge = ReserveRequest(item="x" * (2 << 20)).SerializeToString()
        code = await code_of(raw(client)(huge))
        await assert_still_serving(client)
        found = await spans(5)

    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert [span.kind for span in found].count("SERVER") == 2


async def test_huge_message_does_not_leave_the_client(client: Client, spans: Spans) -> None:
    code = await code_of(reserve.call(client, "x" * (2 << 20), 1))

    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    await assert_still_serving(client)


async def test_huge_message_in_a_stream_ends_it(open_shop: OpenShop, spans: Spans) -> None:
    async with open_shop({"max_message_bytes": 64 << 20}) as client:
        call = client.stock.BulkAdjust(None)
        await call.write(Adjustment(item="lamp", change=1))
        await call.write(Adjustment(item="x" * (2 << 20), change=1))
        assert await code_of(call) is grpc.StatusCode.RESOURCE_EXHAUSTED
        await assert_still_serving(client)
        assert len(await spans(5)) == 5


@pytest.mark.parametrize("data", [b"\xff", b"\x0a\xff", b"\x0a\x05\xff\xfe\xfd\xfc\xfb", os.urandom(1000)])
async def test_message_that_is_none_is_an_error_with_both_spans(
    client: Client, spans: Spans, data: bytes
) -> None:
    code = await code_of(raw(client)(data))

    sides = {span.kind: span for span in await spans(2)}
    assert code in {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.INVALID_ARGUMENT}
    assert sides["CLIENT"].attributes["rpc.response.status_code"] == code.name
    assert sides["SERVER"].attributes["rpc.response.status_code"] == code.name
    await assert_still_serving(client)


@pytest.mark.parametrize("method", ["/shop.stock.v1.Stock/Nope", "/x/y", "/a/" + "b" * 2000])
async def test_unknown_method_is_unimplemented(client: Client, method: str) -> None:
    assert await code_of(raw(client, method)(b"")) is grpc.StatusCode.UNIMPLEMENTED
    await assert_still_serving(client)


async def test_huge_metadata_is_refused(client: Client) -> None:
    metadata = tuple((f"key-{number}", "v" * 1000) for number in range(100))
    code = await code_of(raw(client)(b"", metadata=metadata))

    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    await assert_still_serving(client)


async def test_call_too_many_is_refused_with_both_spans_and_the_others_go_on(
    open_shop: OpenShop, spans: Spans
) -> None:
    quiet = {"client_health_checks": False, "wait_for_ready": False, "attempts": 1}
    async with open_shop(quiet, max_concurrent_calls=2) as client:
        async with aclosing(watch.call(client, "tea")) as one, aclosing(watch.call(client, "tea")) as two:
            await anext(one)
            await anext(two)
            code = await code_of(reserve.call(client, "tea", 1))
            refused = await spans(2)
        await asyncio.wait_for(until_served(client), 5)

    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert {span.attributes["rpc.response.status_code"] for span in refused} == {"RESOURCE_EXHAUSTED"}


async def until_served(client: Client) -> None:
    """Ask until the server has noticed that the others left."""
    while await code_of(reserve.call(client, "tea", 1)) is not grpc.StatusCode.OK:
        pass


async def test_garbage_on_the_wire_stops_nothing(client: Client) -> None:
    host, port = client.target.rsplit(":", 1)
    noise = random.Random(4711)  # noqa: S311 - repeatable, not secret
    for number in range(200):
        frames = bytes(noise.randrange(256) for _ in range(noise.randrange(400)))
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write((b"", PREFACE, PREFACE + SETTINGS)[number % 3] + frames)
        writer.close()
        del reader

    await assert_still_serving(client)
