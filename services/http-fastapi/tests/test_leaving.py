"""Clients that leave in the middle, and a service that ends in the middle: spans end then, not later."""

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from otelkit.testing import Sink
from otelkit.testing.processes import ServiceProcess
from otelkit.traces import Span

FOLLOW = b"GET /orders/events HTTP/1.1\r\nHost: shop\r\n\r\n"

UPGRADE = (
    b"GET /orders/live HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2VjcmV0IG9mIHRoZSBzaA==\r\n\r\n"
)


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


def test_span_of_a_socket_ends_when_its_client_is_gone(
    otlp_sink: Sink, serve: Callable[..., ServiceProcess], service_command: object
) -> None:
    service = serve(service_command, otlp_sink.environment())
    with connect(service) as connection:
        connection.sendall(UPGRADE)
        read_until(connection, b"101 Switching Protocols")

    (span,) = otlp_sink.wait_for_spans(1, timeout_seconds=15)
    assert (span.kind, span.status, span.attributes["http.route"]) == ("SERVER", "UNSET", "/orders/live")
    assert "Traceback" not in service.output()
