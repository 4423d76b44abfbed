"""A server that does by path what clients must cope with."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from otelkit.receiver.http_server import HttpServer


@dataclass
class Shop:
    """Answers by path: /status/503, /to?where=URL (redirect), /slow-body, /never, /login (401 once)."""

    headers: list[dict[str, str]] = field(default_factory=list)
    body_may_end: threading.Event = field(default_factory=threading.Event)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.headers.append(headers)
        path = scope["path"]
        if path == "/never":
            await receive()  # the body
            await receive()  # the client's going away
            return
        status, extra = 200, []
        if path.startswith("/status/"):
            status = int(path.rpartition("/")[2])
        elif path == "/to":
            status, extra = 302, [(b"location", scope["query_string"].removeprefix(b"where="))]
        elif path == "/login" and "authorization" not in headers:
            status, extra = 401, [(b"www-authenticate", b'Digest realm="shop", nonce="1", qop="auth"')]
        await send({"type": "http.response.start", "status": status, "headers": extra})
        if path == "/slow-body":
            await send({"type": "http.response.body", "body": b"begin", "more_body": True})
            await asyncio.to_thread(self.body_may_end.wait, 5)
        await send({"type": "http.response.body", "body": b"end"})


@contextmanager
def serving(shop: Shop) -> Iterator[int]:
    """The port of 127.0.0.1 where `shop` answers."""
    server = HttpServer(shop, "127.0.0.1", 0)
    server.start()
    try:
        yield server.port
    finally:
        shop.body_may_end.set()
        server.stop(grace_seconds=1)
