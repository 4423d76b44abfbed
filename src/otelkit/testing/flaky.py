"""An HTTP server that fails as it is told: what a client must survive, on a real port.

    with FlakyServer([Reply(503), NO_REPLY]) as server: ...  # then 200, for ever

Each request takes the next reply of the script. What was sent is kept, for tests of what goes over the wire.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Condition
from typing import Any, Self

from otelkit.receiver.http_server import HttpServer


@dataclass(frozen=True)
class Reply:
    """One answer; `body` is repeated `times`, chunk by chunk."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    times: int = 1


NO_REPLY = Reply(0)


@dataclass(frozen=True)
class Received:
    """One request: its path, its headers by lower-case name, its body."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class FlakyServer:
    """Serves a script of replies, then `usual` ones, on a free port of the loopback."""

    def __init__(self, script: Iterable[Reply] = (), usual: Reply = Reply()) -> None:
        self.script = list(script)
        self.usual = usual
        self.received: list[Received] = []
        self._arrived = Condition()
        self._server = HttpServer(self, "127.0.0.1", 0)

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return f"http://127.0.0.1:{self._server.port}"

    def wait_for_requests(self, count: int = 1, timeout_seconds: float = 5.0) -> None:
        """Wait until `count` requests have come. Raises TimeoutError."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.received) >= count, timeout_seconds):
                raise TimeoutError(f"{len(self.received)} of {count} requests came in {timeout_seconds:g} s")

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(grace_seconds=1)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, as ASGI asks."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = await _body(receive)
        with self._arrived:
            self.received.append(Received(scope["path"], headers, body))
            self._arrived.notify_all()
        reply = self.script.pop(0) if self.script else self.usual
        if reply is NO_REPLY:
            await receive()  # the client's going away
            return
        fields = [(name.lower().encode(), value.encode()) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": fields})
        for _ in range(reply.times):
            await send({"type": "http.response.body", "body": reply.body, "more_body": True})
        await send({"type": "http.response.body"})


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body
