"""A server and a caller of grpc's sync stack that play one cell of the truth table."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Any

import grpc

from tests.waiting import wait_until

from .played_aio import CHUNK, DEADLINE_SECONDS, LIMIT_SECONDS, SERVICE, served
from .truth import Cell

ARRIVAL_SECONDS = 3.0


class Played:
    """Handlers that do what the outcome asks for; `arrived` is set when a handler waits or streams."""

    def __init__(self, outcome: str) -> None:
        self.outcome = outcome
        self.arrived, self.released = Event(), Event()

    def _act(self, context: Any) -> None:
        self.arrived.set()
        if self.outcome == "handler raises":
            raise ValueError("broken")
        if self.outcome.startswith("abort "):
            context.abort(grpc.StatusCode[self.outcome.removeprefix("abort ")], "because")
        if self.outcome not in {"OK", "client never reads"}:
            self.released.wait(LIMIT_SECONDS)

    def unary_unary(self, request: bytes, context: Any) -> bytes:
        self._act(context)
        return request

    def unary_stream(self, request: bytes, context: Any) -> Iterator[bytes]:
        yield request
        self._act(context)
        while self.outcome == "client never reads":
            yield CHUNK

    def stream_unary(self, requests: Iterator[bytes], context: Any) -> bytes:
        received = [next(requests)]
        self._act(context)
        received += requests
        return received[0]

    def stream_stream(self, requests: Iterator[bytes], context: Any) -> Iterator[bytes]:
        yield next(requests)
        self._act(context)
        yield from requests
        while self.outcome == "client never reads":
            yield CHUNK


def play(cell: Cell, is_settled: Callable[[], bool], seconds: float) -> None:
    """Make the call of a cell, and leave its spans some time to end while channel and server live on."""
    played = Played(cell.outcome)
    with ThreadPoolExecutor(2) as pool:
        server = grpc.server(pool, [served(played)])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                _call(cell, channel, played, server)
                with suppress(AssertionError):  # is said again, and explained, when all is over
                    wait_until(lambda: cell.ends_with_the_channel or is_settled(), seconds)
        finally:
            server.stop(None).wait(LIMIT_SECONDS)
            played.released.set()


def _call(cell: Cell, channel: Any, played: Played, server: Any) -> None:
    method = getattr(channel, cell.mode)(f"/{SERVICE}/{cell.mode}")
    timeout = DEADLINE_SECONDS if cell.outcome == "deadline exceeded" else None
    requests = [b"1", b"1"] if cell.outcome == "OK" else [b"1"]
    request = iter(requests) if cell.mode.startswith("stream") else requests[0]
    waits_for_it = cell.outcome in {"OK", "handler raises", "deadline exceeded"} or "abort" in cell.outcome
    if waits_for_it and cell.mode.endswith("_unary"):
        _finish(lambda: method(request, timeout=timeout), cell)
        return
    call = (method if cell.mode.endswith("stream") else method.future)(request, timeout=timeout)
    match cell.outcome:
        case "client breaks early" if cell.mode.endswith("stream"):
            for _ in call:
                break
            del call
        case "client breaks early":
            assert played.arrived.wait(ARRIVAL_SECONDS)
            del call
        case "client never reads":
            assert played.arrived.wait(ARRIVAL_SECONDS)
            wait_until(lambda: call.done() or cell.mode.endswith("stream"), LIMIT_SECONDS)
        case "client cancels":
            assert played.arrived.wait(ARRIVAL_SECONDS)
            call.cancel()
        case "server dies in mid-stream":
            assert played.arrived.wait(ARRIVAL_SECONDS)
            server.stop(None)
            _finish(lambda: call.result() if cell.mode.endswith("_unary") else list(call), cell)
        case _:
            _finish(lambda: list(call), cell)


def _finish(read: Any, cell: Cell) -> None:
    try:
        read()
    except grpc.RpcError as error:
        code = error.code().name
    else:
        code = "OK"
    assert code == cell.codes[0]
