"""A publisher that writes header blocks as they are: the server passes them on unread."""

import asyncio
from collections.abc import Iterable

from otelkit.testing.servers.server import Server


async def send_raw(server: Server, subject: str, block: bytes, body: bytes) -> None:
    """Publish one message, and wait until the server has it."""
    await send_all(server, subject, [(block, body)])


async def send_all(server: Server, subject: str, messages: Iterable[tuple[bytes, bytes]]) -> None:
    """Publish messages, each a header block and a body, and wait until the server has them."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(b'CONNECT {"verbose":false,"headers":true}\r\n')
    for block, body in messages:
        sizes = f"{len(block)} {len(block) + len(body)}"
        writer.write(f"HPUB {subject} {sizes}\r\n".encode() + block + body + b"\r\n")
        await writer.drain()
    writer.write(b"PING\r\n")
    while not (line := await reader.readline()).startswith(b"PONG"):
        assert line.startswith((b"INFO", b"PING")), line
    writer.close()
    await writer.wait_closed()
