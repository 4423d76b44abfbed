"""Applications driven as ASGI, without a port, by providers of their own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Sampler

from otelkit.instrumentation.asgi.protocol import Application, Message, Scope

EMPTY_REQUEST: Message = {"type": "http.request", "body": b"", "more_body": False}


@dataclass
class Recorded:
    """Providers, and what came out of them."""

    tracer_provider: TracerProvider
    meter_provider: MeterProvider
    _spans: InMemorySpanExporter
    _reader: InMemoryMetricReader

    def spans(self) -> list[ReadableSpan]:
        return list(self._spans.get_finished_spans())

    def span(self) -> ReadableSpan:
        (span,) = self.spans()
        return span

    def points(self, name: str) -> list[Any]:
        data = self._reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]

    @property
    def providers(self) -> dict[str, Any]:
        return {"tracer_provider": self.tracer_provider, "meter_provider": self.meter_provider}


@dataclass
class Client:
    """Plays the server: hands `messages` to the application and keeps what it sends."""

    messages: list[Message] = field(default_factory=lambda: [EMPTY_REQUEST])
    sent: list[Message] = field(default_factory=list)
    on_send: Callable[[Message], Awaitable[None]] | None = None

    async def receive(self) -> Message:
        if self.messages:
            return self.messages.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Message) -> None:
        if self.on_send is not None:
            await self.on_send(message)
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(next(message["status"] for message in self.sent if "status" in message))


def scope_of(path: str = "/", method: str = "GET", **changes: Any) -> Scope:
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"shop.example:8000"), (b"user-agent", b"curl/8")],
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.7", 4242),
    }
    return {**scope, **changes}


async def serve(app: Application, path: str = "/", method: str = "GET", **changes: Any) -> Client:
    client = Client()
    await app(scope_of(path, method, **changes), client.receive, client.send)
    return client


Record = Callable[..., Recorded]


@pytest.fixture
def record() -> Iterator[Record]:
    started: list[Recorded] = []

    def start(sampler: Sampler | None = None) -> Recorded:
        spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
        tracers = TracerProvider(sampler, shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(spans))
        started.append(Recorded(tracers, MeterProvider([reader], shutdown_on_exit=False), spans, reader))
        return started[-1]

    yield start
    for recorded in started:
        recorded.tracer_provider.shutdown()
        recorded.meter_provider.shutdown()


@pytest.fixture
def recorded(record: Record) -> Recorded:
    return record()
