"""Requests that a client sends at once over one connection: each begins with a context of its own.

uvicorn begins the second in the task of the first, so that it inherits its context, and the first one's span
would be its parent, whatever its headers say.
"""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Thread
from typing import Any

import pytest
import uvicorn

from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

PARENTS = {f"{number:032x}": f"{number:016x}" for number in range(1, 9)}


def ask_at_once(port: int, headers: list[str]) -> None:
    """Send one GET for each header line, and wait for all answers."""
    requests = "".join(f"GET /orders/42 HTTP/1.1\r\nHost: shop\r\n{line}\r\n\r\n" for line in headers)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(requests.encode())
        answers = b""
        while answers.count(b"HTTP/1.1 ") < len(headers):
            received = connection.recv(65_536)
            assert received, answers
            answers += received


def test_each_pipelined_request_continues_its_callers_trace(otlp_sink: Sink) -> None:
    port = free_port()
    environ = {**otlp_sink.environment(), "HTTP_FASTAPI_PORT": str(port)}
    with ServiceProcess([sys.executable, "-m", "http_fastapi"], environ, port) as service:
        service.wait_until_listening()
        ask_at_once(port, [f"traceparent: 00-{trace}-{parent}-01" for trace, parent in PARENTS.items()])
        service.end()

    servers = [span for span in otlp_sink.spans() if span.kind == "SERVER"]
    assert {span.trace_id: span.parent_span_id for span in servers} == PARENTS
    assert len(servers) == len(PARENTS)


@contextmanager
def serving(app: Any, *, reset_contextvars: bool) -> Iterator[int]:
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None, reset_contextvars=reset_contextvars)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize(
    "reset_contextvars",
    [
        True,
        pytest.param(
            False, marks=pytest.mark.xfail(strict=True, reason="uvicorn's default; Kludex/uvicorn#2912")
        ),
    ],
)
def test_pipelined_request_inherits_nothing_from_the_one_before(*, reset_contextvars: bool) -> None:
    current: ContextVar[str] = ContextVar("current", default="nothing")
    inherited = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        inherited.append(current.get())
        current.set(scope["path"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    with serving(app, reset_contextvars=reset_contextvars) as port:
        ask_at_once(port, ["x: 1", "x: 2", "x: 3"])

    assert inherited == ["nothing"] * 3
