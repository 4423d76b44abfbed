"""NATS: nats-py, instrumented, and peers that are sockets to a real server."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import nats
from nats.aio.msg import Msg

from otelkit.instrumentation.nats import NatsInstrumentor
from otelkit.testing.servers.server import Server
from tests.otelkit.instrumentation.nats.raw import send_raw

from .wires import Pairs, Recorded, Wire

SECONDS = 5


class NatsWire(Wire):
    """Core publishes of one subject."""

    def __init__(self, server: Server) -> None:
        self._server, self._subject = server, f"matrix.{uuid4().hex}"

    async def write(self, recorded: Recorded, **options: Any) -> Pairs:
        reader, writer = await asyncio.open_connection(self._server.host, self._server.port)
        writer.write(b'CONNECT {"verbose":false,"headers":true}\r\n')
        writer.write(f"SUB {self._subject} 1\r\nPING\r\n".encode())
        await _line(reader, b"PONG")
        NatsInstrumentor().instrument(tracer_provider=recorded.tracers, **options)
        client = await nats.connect(self._server.url)
        try:
            await client.publish(self._subject, b"1")
            await client.flush()
            sizes = (await _line(reader, b"MSG", b"HMSG")).split()
            length = int(sizes[-2]) if sizes[0] == b"HMSG" else 0
            block = (await reader.readexactly(length)).decode("ascii")
        finally:
            await client.close()
            NatsInstrumentor().uninstrument()
            writer.close()
        lines = [line for line in block.split("\r\n")[1:] if line]
        return [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]

    async def read(self, recorded: Recorded, headers: Mapping[str, Any]) -> None:
        done = asyncio.Event()

        async def look(_: Msg) -> None:
            recorded.look()
            done.set()

        NatsInstrumentor().instrument(tracer_provider=recorded.tracers)
        client = await nats.connect(self._server.url)
        try:
            await client.subscribe(self._subject, cb=look)
            await client.flush()  # its PING may overtake the subscription,
            await client.flush()  # which is written by now
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            block = f"NATS/1.0\r\n{lines}\r\n".encode("ascii")
            async with asyncio.timeout(SECONDS):
                await send_raw(self._server, self._subject, block, b"1")
                await done.wait()
        finally:
            await client.drain()
            NatsInstrumentor().uninstrument()


async def _line(reader: asyncio.StreamReader, *begins: bytes) -> bytes:
    async with asyncio.timeout(SECONDS):
        while not (line := await reader.readline()).startswith(begins):
            assert line.startswith((b"INFO", b"PING", b"+OK")), line
    return line
