"""Probe: one request to a server of its own on the loopback, which answers and ends."""

import socket
from importlib.metadata import version
from threading import Thread

from httpx2 import HTTPTransport, Request
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.trace import TracerProvider

from otelkit.instrumentation.httpx2 import Httpx2Instrumentor

ANSWER = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
SECONDS = 5.0


def emit_client_span(provider: TracerProvider) -> str:
    """Instrument httpx2 with `provider`, send one request and undo it; returns the version."""
    instrumentor = object.__new__(Httpx2Instrumentor)  # not the one of the process, which may be in use
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(SECONDS)
        thread = Thread(target=_answer_once, args=(server,), name="otelkit-probe", daemon=True)
        thread.start()
        instrumentor.instrument(tracer_provider=provider, meter_provider=NoOpMeterProvider())
        try:
            with HTTPTransport(trust_env=False) as transport:  # a client would log the request
                _ask(transport, f"http://127.0.0.1:{server.getsockname()[1]}/probe")
        finally:
            instrumentor.uninstrument()
            thread.join(SECONDS)
    return f"httpx2 {version('httpx2')}"


def _ask(transport: HTTPTransport, url: str) -> None:
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)
    response = transport.handle_request(Request("GET", url, extensions={"timeout": timeouts}))
    response.read()
    response.close()


def _answer_once(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(ANSWER)
