"""Spans for trees, with ids and start times from small numbers, and a backend that answers as told."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from otelkit.traces import Span

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
MakeSpan = Callable[..., Span]
Reply = tuple[int, bytes]  # status and body
Backend = Callable[[Callable[[str], Reply]], AbstractContextManager[str]]


def make_span(number: int, parent: int = 0, name: str = "", **values: Any) -> Span:
    values.setdefault("start_nanos", number)
    return Span(
        trace_id=TRACE_ID,
        span_id=f"{number:016x}",
        parent_span_id=f"{parent:016x}" if parent else "",
        name=name or f"span {number}",
        **values,
    )


@pytest.fixture
def span() -> MakeSpan:
    return make_span


@contextmanager
def serve(reply: Callable[[str], Reply]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = reply(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def backend() -> Backend:
    """Serve HTTP at the address that it gives; the function given turns a path into a reply."""
    return serve
