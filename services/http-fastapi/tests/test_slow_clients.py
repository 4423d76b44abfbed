"""Clients that never send their body, or never stop, over a real connection."""

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from otelkit.testing import Sink
from otelkit.testing.processes import ServiceProcess

HEAD = b"POST /orders HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
CHUNK = b"3e8\r\n" + b"x" * 1000 + b"\r\n"


@pytest.fixture
def service(serve: Callable[..., ServiceProcess], service_command: object, otlp_sink: Sink) -> ServiceProcess:
    limits = {"HTTP_FASTAPI_REQUEST_TIMEOUT_SECONDS": "0.3", "HTTP_FASTAPI_MAX_BODY_BYTES": "1500"}
    return serve(service_command, {**otlp_sink.environment(), **limits})


def answer_to(service: ServiceProcess, request: bytes) -> tuple[int, dict[str, Any]]:
    """Status and problem; returns only when the service has closed the connection."""
    host, _, port = service.address.removeprefix("http://").partition(":")
    received = b""
    with socket.create_connection((host, int(port)), 5) as connection:
        connection.sendall(request)
        while more := connection.recv(65_536):
            received += more
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    "request_", [HEAD + b"Content-Length: 15\r\n\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"]
)
def test_body_that_does_not_come_is_the_clients_fault(
    service: ServiceProcess, otlp_sink: Sink, request_: bytes
) -> None:
    status, problem = answer_to(service, request_)

    (span,) = otlp_sink.wait_for_spans(1)
    assert (status, span.status, span.attributes["shop.refusal.reason"]) == (408, "UNSET", "timeout")
    assert problem["trace_id"] == span.trace_id
    assert "Traceback" not in service.output()


@pytest.mark.parametrize(
    "request_",
    [HEAD + b"Content-Length: 99999999\r\n\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK * 2],
)
def test_body_that_does_not_end_is_refused_before_it_has(
    service: ServiceProcess, otlp_sink: Sink, request_: bytes
) -> None:
    status, _ = answer_to(service, request_)

    (span,) = otlp_sink.wait_for_spans(1)
    assert (status, span.status, span.attributes["shop.refusal.reason"]) == (413, "UNSET", "body_size")
    assert "Traceback" not in service.output()
