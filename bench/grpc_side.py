"""One process of the gRPC benchmark: `python -m bench.grpc_side SIDE server|client [PORT]`.

A server prints its port and serves until its standard input closes. A client makes calls for each line that
it reads, `unary SECONDS` or `stream SECONDS`, and prints what it did as JSON. Sides: `bare`, `control` (bare
once more), `floor` (by hand), `otelkit`, `upstream`, `no-op` (otelkit's without an SDK).
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
from opentelemetry.instrumentation import grpc as upstream

from bench.grpc_floor import traced_call, traced_handler
from grpc_four_modes.generated import stock_pb2, stock_pb2_grpc
from otelkit import configure
from otelkit.instrumentation.grpc_aio import GrpcAioInstrumentor

IN_FLIGHT = 32
MESSAGES = 1000
INSTRUMENTORS: dict[str, list[type[Any]]] = {
    "otelkit": [GrpcAioInstrumentor],
    "no-op": [GrpcAioInstrumentor],
    "upstream": [upstream.GrpcAioInstrumentorClient, upstream.GrpcAioInstrumentorServer],
}


class Stock:
    """Answers as fast as it can."""

    async def Reserve(self, request: stock_pb2.ReserveRequest, _: Any) -> stock_pb2.Reservation:  # noqa: N802 - the method's name
        return stock_pb2.Reservation(reservation_id=request.request_id, left=request.quantity)

    async def WatchStock(self, request: Any, _: Any) -> AsyncIterator[stock_pb2.StockLevel]:  # noqa: N802 - likewise
        for number in range(request.most):
            yield stock_pb2.StockLevel(item=request.item, quantity=number)


async def serve(side: str) -> None:
    """Serve until the standard input closes."""
    stock: Any = Stock()
    if side == "floor":
        stock.Reserve = traced_handler(stock.Reserve)
    stock.BulkAdjust = stock.Negotiate = None
    server = grpc.aio.server()
    stock_pb2_grpc.add_StockServicer_to_server(stock, server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    await server.start()
    await asyncio.to_thread(sys.stdin.read)
    await server.stop(None)


async def call(side: str, port: int) -> None:
    """Call as each line of the standard input says."""
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub: Any = stock_pb2_grpc.StockStub(channel)
        reserve = traced_call(stub.Reserve, port) if side == "floor" else stub.Reserve
        while line := await asyncio.to_thread(sys.stdin.readline):
            case, seconds = line.split()
            one = unary(reserve) if case == "unary" else stream(stub)
            print(
                json.dumps(await load(one, float(seconds), IN_FLIGHT if case == "unary" else 1)), flush=True
            )


def unary(reserve: Callable[..., Awaitable[Any]]) -> Callable[[], Awaitable[None]]:
    """Give one reservation."""

    async def one() -> None:
        await reserve(stock_pb2.ReserveRequest(item="tea", quantity=2, request_id="4711"))

    return one


def stream(stub: Any) -> Callable[[], Awaitable[None]]:
    """Give one stream, read to its end."""

    async def one() -> None:
        async for _ in stub.WatchStock(stock_pb2.WatchStockRequest(item="tea", most=MESSAGES)):
            pass

    return one


async def load(one: Callable[[], Awaitable[None]], seconds: float, in_flight: int) -> dict[str, float]:
    """Repeat `one` with so many in flight; gives calls per second, and seconds of this process for each."""
    start, cpu, count = time.perf_counter(), time.process_time(), 0
    end = start + seconds

    async def work() -> None:
        nonlocal count
        while time.perf_counter() < end:
            await one()
            count += 1

    await asyncio.gather(*(work() for _ in range(in_flight)))
    taken = time.perf_counter() - start
    return {"calls": count, "per_second": count / taken, "cpu_seconds": time.process_time() - cpu}


def main(side: str, role: str, *port: str) -> None:
    """Instrument as the side does, then play the role."""
    if side in {"floor", "otelkit", "upstream"}:
        configure("bench")
    for instrumentor in INSTRUMENTORS.get(side, []):
        instrumentor().instrument()
    asyncio.run(serve(side) if role == "server" else call(side, int(port[0])))


if __name__ == "__main__":
    main(*sys.argv[1:])
