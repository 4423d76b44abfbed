"""Clients that leave in the middle, and a service that ends in the middle: spans end then, not later."""

import asyncio
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.testclient import TestClient
from starlette.types import Message, Scope

from http_fastapi.settings import Settings
from otelkit.testing import Sink
from otelkit.testing.processes import ServiceProcess
from otelkit.traces import Span

FOLLOW = b"GET /orders/events HTTP/1.1\r\nHost: shop\r\n\r\n"


def connect(service: ServiceProcess) -> socket.socket:
    address = urlsplit(service.address)
    return socket.create_connection((address.hostname, address.port), timeout=10)


def read_until(connection: socket.socket, wanted: bytes) -> bytes:
    """Read until `wanted` came; a connection that ends before fails the test."""
    got = b""
    while wanted not in got:
        piece = connection.recv(65_536)
        assert piece, f"the connection ended after {got!r}"
        got += piece
    return got


def wait_for(sink: Sink, name: str) -> Span:
    spans = sink.wait_for_spans(lambda all_: any(span.name == name for span in all_), timeout_seconds=15)
    return next(span for span in spans if span.name == name)


def test_span_of_an_event_stream_ends_when_its_client_leaves(
    otlp_sink: Sink, serve: Callable[..., ServiceProcess], service_command: object
) -> None:
    service = serve(service_command, otlp_sink.environment())
    with connect(service) as connection:
        connection.sendall(FOLLOW)
        read_until(connection, b"retry: 3000")

    span = wait_for(otlp_sink, "GET /orders/events")
    assert span.duration_seconds < 60  # the stream itself would have lasted 300 s
    assert (span.status, span.attributes["http.response.status_code"]) == ("UNSET", 200)
    assert span.events == ()
    assert "Traceback" not in service.output()


def test_event_streams_end_with_the_service_and_lose_no_span(
    otlp_sink: Sink, serve: Callable[..., ServiceProcess], service_command: object
) -> None:
    service = serve(service_command, otlp_sink.environment())
    with connect(service) as connection:
        connection.sendall(FOLLOW)
        read_until(connection, b"retry: 3000")

        seconds = service.end()

        read_until(connection, b"0\r\n\r\n")  # the body is complete, so that its client knows to come again
    assert [span.name for span in otlp_sink.spans()] == ["GET /orders/events"]
    assert seconds < 2  # it did not wait for the drain to be over


def scope_of(path: str) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"limit=10000",
        "root_path": "",
        "headers": [(b"host", b"shop")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }


def test_span_of_a_list_ends_when_its_client_leaves_in_the_middle(
    start_service: Callable[[Settings], TestClient], otlp_sink: Sink
) -> None:
    client = start_service(Settings())
    store = client.app.state.shop.store  # type: ignore[attr-defined]  # an ASGI app to the client
    for _ in range(250):
        store.add("tea", 1)

    async def leave_in_the_middle() -> None:
        stuck = asyncio.Event()
        asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Message:
            for message in asked:
                return message
            await stuck.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body":
                stuck.set()
                await asyncio.Event().wait()

        await asyncio.wait_for(client.app(scope_of("/orders"), receive, send), 10)

    client.portal.call(leave_in_the_middle)  # type: ignore[union-attr]  # it is open

    stream = wait_for(otlp_sink, "stream orders")
    server = wait_for(otlp_sink, "GET /orders")
    assert stream.attributes["shop.stream.complete"] is False
    assert (stream.status, server.status) == ("UNSET", "UNSET")
    assert stream.parent_span_id == server.span_id
