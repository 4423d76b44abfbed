"""A real receiver with scripted answers, over both protocols, and exporters that end with the test."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

from otelkit.export import Destination, WaitingSpanExporter, read_destination
from otelkit.receiver import Accepted, Receiver, Verdict
from otelkit.signals import ExportRequest, Signal
from otelkit.testing import ports

MakeExporter = Callable[..., WaitingSpanExporter]


@dataclass
class Inbox:
    """What the receiver was offered and what it took; `script` answers first, then it accepts."""

    script: list[Verdict] = field(default_factory=list)
    offered_at: list[float] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    port: int = 0

    def accept(self, signal: Signal, request: ExportRequest) -> Verdict:
        self.offered_at.append(time.monotonic())
        verdict = self.script.pop(0) if self.script else Accepted()
        if isinstance(verdict, Accepted) and signal is Signal.TRACES:
            self.names += span_names(request)
        return verdict


def span_names(request: Any) -> list[str]:
    """Names of the spans in a trace request."""
    return [
        span.name
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


@pytest.fixture(params=["grpc", "http/protobuf"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def start_receiver(protocol: str) -> Iterator[Callable[..., Inbox]]:
    started: list[Receiver] = []

    def start(port: int = 0, inbox: Inbox | None = None) -> Inbox:
        inbox = inbox or Inbox()
        grpc_port, http_port = (port, 0) if protocol == "grpc" else (0, port)
        receiver = Receiver(inbox.accept, grpc_port=grpc_port, http_port=http_port)
        receiver.start()
        started.append(receiver)
        inbox.port = receiver.grpc_port if protocol == "grpc" else receiver.http_port
        return inbox

    yield start
    for receiver in started:
        receiver.stop()


@pytest.fixture
def inbox(start_receiver: Callable[..., Inbox]) -> Inbox:
    return start_receiver()


@pytest.fixture
def destination(protocol: str) -> Callable[..., Destination]:
    def make(port: int, **settings: str) -> Destination:
        environ = {
            "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
        } | {f"OTEL_EXPORTER_OTLP_{name}": value for name, value in settings.items()}
        return read_destination(Signal.TRACES, environ)

    return make


@pytest.fixture
def make_exporter(destination: Callable[..., Destination]) -> Iterator[MakeExporter]:
    made: list[WaitingSpanExporter] = []

    def make(port: int, settings: dict[str, str] | None = None, **arguments: Any) -> WaitingSpanExporter:
        exporter = WaitingSpanExporter(destination=destination(port, **(settings or {})), **arguments)
        made.append(exporter)
        return exporter

    yield make
    for exporter in made:
        exporter.shutdown(timeout_millis=0)


@pytest.fixture
def spans() -> Callable[..., list[ReadableSpan]]:
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("tests")

    def make(*names: str, **attributes: str) -> list[ReadableSpan]:
        made: list[ReadableSpan] = []
        for name in names:
            span = tracer.start_span(name, attributes=attributes)
            span.end()
            assert isinstance(span, ReadableSpan)
            made.append(span)
        return made

    return make


@pytest.fixture
def free_port() -> int:
    """Find a port on which nothing listens."""
    return ports.free_port()


@pytest.fixture
def black_hole() -> Iterator[int]:
    """Listen on a port that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        yield listening.getsockname()[1]
