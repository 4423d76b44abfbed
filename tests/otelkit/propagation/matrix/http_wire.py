"""HTTP: httpx2 and the ASGI middleware, and peers that are sockets."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2

from otelkit.instrumentation.asgi import TelemetryMiddleware
from otelkit.instrumentation.httpx2 import Httpx2Instrumentor
from otelkit.receiver.http_server import HttpServer

from .wires import Pairs, Recorded, Wire

ANSWER = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class HttpWire(Wire):
    """HTTP/1.1 on loopback."""

    async def write(self, recorded: Recorded, **options: Any) -> Pairs:
        heads: list[bytes] = []

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(ANSWER)
            await writer.drain()
            writer.close()

        Httpx2Instrumentor().instrument(tracer_provider=recorded.tracers, **options)
        try:
            async with (
                await asyncio.start_server(answer, "127.0.0.1", 0) as server,
                httpx2.AsyncClient() as client,
            ):
                port = server.sockets[0].getsockname()[1]
                await client.get(f"http://127.0.0.1:{port}/")
        finally:
            Httpx2Instrumentor().uninstrument()
        lines = heads[0].decode("ascii").split("\r\n")[1:-2]
        return [(name, value) for name, _, value in (line.partition(": ") for line in lines)]

    async def read(self, recorded: Recorded, headers: Mapping[str, Any]) -> None:
        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            recorded.look()
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})

        server = HttpServer(TelemetryMiddleware(app, tracer_provider=recorded.tracers), "127.0.0.1", 0)
        await asyncio.to_thread(server.start)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            lines = ["GET / HTTP/1.1", "Host: shop", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode("ascii"))
            assert b" 204 " in await reader.read()
            writer.close()
        finally:
            await asyncio.to_thread(server.stop, 1)
