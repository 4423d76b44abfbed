"""Several servers behind one target: calls go round, retries find the next one, who drains is left alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any

import grpc
import pytest

from grpc_four_modes.client import Client, open_client
from grpc_four_modes.generated import stock_pb2_grpc
from grpc_four_modes.generated.stock_pb2 import Adjustment, Reservation
from grpc_four_modes.modes import adjust, reserve, watch
from grpc_four_modes.server import serving
from grpc_four_modes.settings import ClientSettings, Settings
from otelkit import Telemetry
from otelkit.testing import trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.testing.ports import free_port
from otelkit.traces import Span

Spans = Callable[[int], Awaitable[list[Span]]]


class FlakyStock(stock_pb2_grpc.StockServicer):
    """Fails as often as it is told, then answers; the other modes are left out."""

    def __init__(self, failures: int, code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE) -> None:
        self.failures, self.code = failures, code
        self.request_ids: list[str] = []

    async def Reserve(self, request: Any, context: Any) -> Reservation:  # noqa: N802 - grpc's name
        self.request_ids.append(request.request_id)
        if len(self.request_ids) <= self.failures:
            await context.abort(self.code, "flaky")
        return Reservation(reservation_id="one", left=1)

    WatchStock = BulkAdjust = Negotiate = Reserve  # type: ignore[assignment]  # never called


@asynccontextmanager
async def flaky_client(servicer: FlakyStock) -> AsyncIterator[Client]:
    server = grpc.aio.server()
    stock_pb2_grpc.add_StockServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    settings = ClientSettings(target=f"127.0.0.1:{port}", backoff_seconds=0.01)
    async with open_client(settings) as client:
        yield client
    await server.stop(0)


async def test_retries_of_the_channel_are_one_client_span(
    telemetry: Telemetry, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    servicer = FlakyStock(failures=2)
    async with flaky_client(servicer) as client:
        answer = await reserve.call(client, "tea", 1)
        found = await spans(4)

    assert answer.reservation_id == "one"
    assert len(servicer.request_ids) == 3
    assert len(set(servicer.request_ids)) == 1
    assert trace_tree(found) == readme_trace("reserve-retried")


async def test_retries_end_after_the_attempts_that_are_set(telemetry: Telemetry) -> None:
    servicer = FlakyStock(failures=10)
    async with flaky_client(servicer) as client:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await reserve.call(client, "tea", 1)

    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert len(servicer.request_ids) == 4


@pytest.mark.parametrize("code", [grpc.StatusCode.INTERNAL, grpc.StatusCode.INVALID_ARGUMENT])
async def test_what_would_fail_again_is_not_retried(telemetry: Telemetry, code: grpc.StatusCode) -> None:
    servicer = FlakyStock(failures=10, code=code)
    async with flaky_client(servicer) as client:
        with pytest.raises(grpc.aio.AioRpcError):
            await reserve.call(client, "tea", 1)

    assert len(servicer.request_ids) == 1


async def test_calls_go_round_over_all_addresses(telemetry: Telemetry) -> None:
    async with AsyncExitStack() as servers:
        ports = [await servers.enter_async_context(serving(Settings(port=0))) for _ in range(3)]
        target = "ipv4:" + ",".join(f"127.0.0.1:{port}" for port in ports)
        async with open_client(ClientSettings(target=target)) as client:
            left = [await left_of_tea(client) for _ in range(30)]

    assert min(left) > 80  # thirty from one server would leave 70


async def test_server_that_drains_gets_no_more_calls_and_none_fails(telemetry: Telemetry) -> None:
    """With a delay before the drain, during which balancers see NOT_SERVING and calls are still answered."""
    async with AsyncExitStack() as servers:
        stays = await servers.enter_async_context(serving(Settings(port=0)))
        drains = serving(Settings(port=0, drain_delay_seconds=1))
        target = f"ipv4:127.0.0.1:{stays},127.0.0.1:{await drains.__aenter__()}"
        await fill(stays)
        async with open_client(ClientSettings(target=target, attempts=1)) as client:
            while {await left_of_tea(client) > 500 for _ in range(4)} != {True, False}:
                pass
            end = asyncio.ensure_future(drains.__aexit__(None, None, None))
            while not end.done():
                await left_of_tea(client)
            after = {await left_of_tea(client) > 500 for _ in range(10)}

    assert after == {True}


async def test_call_waits_for_a_server_that_is_not_there_yet(telemetry: Telemetry) -> None:
    port = free_port()
    settings = ClientSettings(target=f"127.0.0.1:{port}", unary_seconds=20)
    async with open_client(settings) as client, aclosing(watch.call(client, "tea")) as levels:
        asking = asyncio.ensure_future(reserve.call(client, "tea", 1))
        watching = asyncio.ensure_future(anext(levels))
        state = client.channel.get_state(try_to_connect=True)
        while state is not grpc.ChannelConnectivity.TRANSIENT_FAILURE:
            await client.channel.wait_for_state_change(state)
            state = client.channel.get_state()
        async with serving(Settings(port=port)):
            assert (await asking).left == 99
            assert (await watching).item == "tea"


async def left_of_tea(client: Client) -> int:
    """Make one call; what is left says which server answered."""
    return (await reserve.call(client, "tea", 1)).left


async def fill(port: int) -> None:
    async def much() -> AsyncIterator[Adjustment]:
        yield Adjustment(item="tea", change=1_000_000)

    async with open_client(ClientSettings(target=f"127.0.0.1:{port}")) as client:
        await adjust.call(client, much())
