"""A server and a caller of grpc.aio that play one cell of the truth table."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc

from .truth import Cell

SERVICE = "truth.Table"
CHUNK = b"x" * 100_000
DEADLINE_SECONDS = 0.2
LIMIT_SECONDS = 10.0


class Played:
    """Handlers that do what the outcome asks for; `arrived` is set when a handler waits or streams."""

    def __init__(self, outcome: str) -> None:
        self.outcome = outcome
        self.arrived = asyncio.Event()

    async def _act(self, context: Any) -> None:
        self.arrived.set()
        if self.outcome == "handler raises":
            raise ValueError("broken")
        if self.outcome.startswith("abort "):
            await context.abort(grpc.StatusCode[self.outcome.removeprefix("abort ")], "because")
        if self.outcome not in {"OK", "client never reads"}:
            await asyncio.Event().wait()

    async def unary_unary(self, request: bytes, context: Any) -> bytes:
        await self._act(context)
        return request

    async def unary_stream(self, request: bytes, context: Any) -> AsyncIterator[bytes]:
        yield request
        await self._act(context)
        while self.outcome == "client never reads":
            yield CHUNK

    async def stream_unary(self, requests: AsyncIterator[bytes], context: Any) -> bytes:
        received = [await anext(aiter(requests))]
        await self._act(context)
        received += [request async for request in requests]
        return received[0]

    async def stream_stream(self, requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
        yield await anext(aiter(requests))
        await self._act(context)
        async for request in requests:
            yield request
        while self.outcome == "client never reads":
            yield CHUNK


def served(played: Any) -> Any:
    """The service with one method for each mode, named like it."""
    makers: dict[str, Callable[..., Any]] = {
        mode: getattr(grpc, f"{mode}_rpc_method_handler")
        for mode in ("unary_unary", "unary_stream", "stream_unary", "stream_stream")
    }
    handlers = {mode: make(getattr(played, mode)) for mode, make in makers.items()}
    return grpc.method_handlers_generic_handler(SERVICE, handlers)


async def play(cell: Cell, is_settled: Callable[[], bool], seconds: float) -> None:
    """Make the call of a cell, and leave its spans some time to end while channel and server live on."""
    played = Played(cell.outcome)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((served(played),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            await asyncio.wait_for(_call(cell, channel, played, server), LIMIT_SECONDS)
            await _until(lambda: cell.ends_with_the_channel or is_settled(), seconds)
    finally:
        await server.stop(None)


async def _call(cell: Cell, channel: Any, played: Played, server: Any) -> None:
    method = getattr(channel, cell.mode)(f"/{SERVICE}/{cell.mode}")
    timeout = DEADLINE_SECONDS if cell.outcome == "deadline exceeded" else None
    requests = _requests(2 if cell.outcome == "OK" else 1)
    call = method(requests if cell.mode.startswith("stream") else b"1", timeout=timeout)
    match cell.outcome:
        case "client breaks early" if cell.mode.endswith("stream"):
            async for _ in call:
                break
            del call
        case "client breaks early":
            await played.arrived.wait()
            del call
        case "client never reads":
            await played.arrived.wait()
            await _until(lambda: cell.mode.endswith("stream") or call.done(), LIMIT_SECONDS)
        case "client cancels":
            await played.arrived.wait()
            call.cancel()
        case "server dies in mid-stream":
            await played.arrived.wait()
            await server.stop(None)
            await _read(call, cell)
        case _:
            await _read(call, cell)


async def _read(call: Any, cell: Cell) -> None:
    try:
        if cell.mode.endswith("stream"):
            async for _ in call:
                pass
        else:
            await call
    except grpc.aio.AioRpcError as error:
        code = error.code().name
    else:
        code = "OK"
    assert code == cell.codes[0]


async def _until(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not (holds() or time.monotonic() > deadline):  # noqa: ASYNC110 - what is waited for tells nobody
        await asyncio.sleep(0.01)


async def _requests(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"1"
