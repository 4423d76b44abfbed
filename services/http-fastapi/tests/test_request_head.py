"""Heads of requests that are huge or never whole: no memory, no connection is held for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from http_fastapi.protections import request_head
from http_fastapi.protections.request_head import MOST_BYTES, BoundedHead
from otelkit import Telemetry
from otelkit.testing import Sink

WHOLE = b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def answer_late(_scope: Scope, _receive: Receive, send: Send) -> None:
    await asyncio.sleep(0.1)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@asynccontextmanager
async def connected() -> AsyncIterator[Connection]:
    config = uvicorn.Config(answer_late, http=BoundedHead, log_config=None, timeout_keep_alive=1)
    config.load()
    loop, state = asyncio.get_running_loop(), ServerState()
    server = await loop.create_server(lambda: BoundedHead(config, state, {}, loop), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        yield reader, writer
        writer.close()


async def first_line(reader: asyncio.StreamReader) -> bytes:
    return await asyncio.wait_for(reader.readline(), 5)


async def test_head_that_never_ends_is_refused_when_it_is_too_large_and_counted(
    telemetry: Telemetry, otlp_sink: Sink
) -> None:
    async with connected() as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: shop\r\nA: " + b"x" * (8 * MOST_BYTES))

        assert await first_line(reader) == b"HTTP/1.1 431 Request Header Fields Too Large\r\n"

    telemetry.shutdown()
    (point,) = otlp_sink.metrics("shop.requests.refused")
    assert (point.value, point.attributes) == (1, {"shop.refusal.reason": "request_head"})


async def test_requests_before_it_do_not_count_for_a_head() -> None:
    large = WHOLE.removesuffix(b"\r\n") + b"A: " + b"x" * (MOST_BYTES // 3) + b"\r\n\r\n"
    async with connected() as (reader, writer):
        writer.write(large * 4 + WHOLE[:10])
        for _ in range(4):
            assert await first_line(reader) == b"HTTP/1.1 204 No Content\r\n"
            assert await first_line(reader) == b"\r\n"
        writer.write(WHOLE[10:])

        assert await first_line(reader) == b"HTTP/1.1 204 No Content\r\n"


async def test_large_head_is_taken() -> None:
    async with connected() as (reader, writer):
        writer.write(WHOLE.removesuffix(b"\r\n") + b"A: " + b"x" * (MOST_BYTES - 100) + b"\r\n\r\n")

        assert await first_line(reader) == b"HTTP/1.1 204 No Content\r\n"


@pytest.mark.parametrize("before", [b"", WHOLE])
async def test_head_that_does_not_come_is_waited_for_in_vain(
    monkeypatch: pytest.MonkeyPatch, before: bytes
) -> None:
    monkeypatch.setattr(request_head, "MOST_SECONDS", 0.05)
    async with connected() as (reader, writer):
        writer.write(before + b"GET / HTTP/1.1\r\n")
        received = await asyncio.wait_for(reader.read(), 5)

    statuses = [line.split()[1] for line in received.splitlines() if line.startswith(b"HTTP/1.1")]
    assert statuses == [b"204"] * bool(before) + [b"408"]


async def test_connection_without_a_request_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_head, "MOST_SECONDS", 0.05)
    async with connected() as (reader, _):
        assert await first_line(reader) == b""
