"""The caller's deadline reaches the warehouse, whose caller waits no longer than its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2 as details_pb2  # type: ignore[import-untyped]  # no stubs

from grpc_four_modes.generated import stock_pb2_grpc
from grpc_four_modes.generated.stock_pb2 import ReserveRequest, SupplyResult
from grpc_four_modes.modes import reserve
from grpc_four_modes.problems import detail
from otelkit import Telemetry
from otelkit.traces import Span

Spans = Callable[[int], Awaitable[list[Span]]]
OpenShop = Callable[..., Any]
SHORT = ReserveRequest(item="chair", quantity=6, request_id="r-1")


class Warehouse(stock_pb2_grpc.WarehouseServicer):
    """Notes how much time it is given, and takes all of it when it is told to."""

    def __init__(self) -> None:
        self.given_seconds: list[float] = []
        self.waits = False
        self.asked = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def Supply(self, request: Any, context: Any) -> SupplyResult:  # noqa: N802 - grpc's name
        self.asked.set()
        self.given_seconds.append(context.time_remaining())
        try:
            if self.waits:
                await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return SupplyResult(supplied=request.quantity)


@pytest.fixture
async def warehouse(telemetry: Telemetry) -> AsyncIterator[tuple[Warehouse, str]]:
    """A warehouse of the test's own, and where it listens."""
    servicer, server = Warehouse(), grpc.aio.server()
    stock_pb2_grpc.add_WarehouseServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield servicer, f"127.0.0.1:{port}"
    await server.stop(0)


async def test_warehouse_is_given_a_little_less_than_the_caller_has(
    open_shop: OpenShop, warehouse: tuple[Warehouse, str]
) -> None:
    servicer, target = warehouse
    async with open_shop(warehouse_target=target) as client:
        await client.stock.Reserve(SHORT, timeout=1.5)

    assert 0.5 < servicer.given_seconds[0] < 1.46


async def test_warehouse_is_given_its_own_bound_when_the_caller_has_more(
    open_shop: OpenShop, warehouse: tuple[Warehouse, str]
) -> None:
    servicer, target = warehouse
    settings = {"warehouse_target": target, "warehouse_seconds": 0.7}
    async with open_shop(**settings) as client:
        await client.stock.Reserve(SHORT, timeout=30)

    assert 0.2 < servicer.given_seconds[0] < 0.71


async def test_deadline_ends_the_whole_chain_and_says_who_was_slow(
    open_shop: OpenShop, warehouse: tuple[Warehouse, str], spans: Spans
) -> None:
    servicer, target = warehouse
    servicer.waits = True
    settings = {"warehouse_target": target, "warehouse_seconds": 0.3}
    async with open_shop(**settings) as client:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await client.stock.Reserve(SHORT, timeout=30)
        await asyncio.wait_for(servicer.cancelled.wait(), 5)
        found = await spans(4)

    assert detail(caught.value, details_pb2.ErrorInfo).reason == "OUT_OF_TIME"
    assert {span.attributes["rpc.response.status_code"] for span in found} == {"DEADLINE_EXCEEDED"}
    assert {span.status for span in found} == {"ERROR"}


async def test_caller_who_leaves_ends_the_whole_chain(
    open_shop: OpenShop, warehouse: tuple[Warehouse, str], spans: Spans
) -> None:
    servicer, target = warehouse
    servicer.waits = True
    async with open_shop(warehouse_target=target) as client:
        asking = asyncio.ensure_future(reserve.call(client, "chair", 6))
        await asyncio.wait_for(servicer.asked.wait(), 5)
        asking.cancel()
        await asyncio.wait_for(servicer.cancelled.wait(), 5)
        found = await spans(4)

    assert {span.attributes["rpc.response.status_code"] for span in found} == {"CANCELLED"}


async def test_deadline_that_is_nearly_over_asks_nobody(
    open_shop: OpenShop, warehouse: tuple[Warehouse, str]
) -> None:
    servicer, target = warehouse
    async with open_shop(warehouse_target=target) as client:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await client.stock.Reserve(SHORT, timeout=0.05)

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert servicer.given_seconds == []


async def test_warehouse_that_is_not_there_is_unavailable_and_not_waited_for(open_shop: OpenShop) -> None:
    async with open_shop(warehouse_target="127.0.0.1:1", warehouse_seconds=0.5) as client:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await client.stock.Reserve(SHORT, timeout=10)

    assert caught.value.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
    assert detail(caught.value, details_pb2.ErrorInfo).domain == "shop.example"
