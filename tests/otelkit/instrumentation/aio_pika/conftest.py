"""A real RabbitMQ, aio-pika instrumented with providers of the test's own, and what came out."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aio_pika
import pytest
from aio_pika import Queue
from aio_pika.abc import AbstractChannel, AbstractConnection
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otelkit.instrumentation.aio_pika import AioPikaInstrumentor
from otelkit.testing.servers.server import Server

CONNECT = {"plain": aio_pika.connect, "robust": aio_pika.connect_robust}
SECONDS = 5


class Ends(SpanProcessor):
    """Wakes who waits whenever a span ends."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def on_end(self, span: ReadableSpan) -> None:
        self.event.set()


@dataclass
class Seen:
    """What came out."""

    tracers: TracerProvider
    meters: MeterProvider
    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader
    ends: Ends

    def spans(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())

    def one(self, operation: str) -> ReadableSpan:
        """The one span of an operation."""
        (span,) = self.all(operation)
        return span

    def all(self, operation: str) -> list[ReadableSpan]:
        return [span for span in self.spans() if span.name.split(" ")[0] == operation]

    async def wait_for(self, operation: str, count: int = 1) -> list[ReadableSpan]:
        """The spans of an operation, once there are so many; raises after a deadline."""
        async with asyncio.timeout(SECONDS):
            while len(found := self.all(operation)) < count:
                self.ends.event.clear()
                await self.ends.event.wait()
        return found

    def points(self, name: str, **attributes: Any) -> list[Any]:
        """The points of a metric that have these attributes; `_` in their names stands for a dot."""
        data = self.reader.get_metrics_data()
        wanted = {key.replace("_", "."): value for key, value in attributes.items()}
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
            if wanted.items() <= dict(point.attributes or {}).items()
        ]


@pytest.fixture
def seen() -> Iterator[Seen]:
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(shutdown_on_exit=False), MeterProvider([reader], shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    ends = Ends()
    tracers.add_span_processor(ends)
    yield Seen(tracers, meters, exporter, reader, ends)
    meters.shutdown()


Instrument = Callable[..., AioPikaInstrumentor]


@pytest.fixture
def instrument(seen: Seen) -> Iterator[Instrument]:
    instrumentor = AioPikaInstrumentor()

    def on(**arguments: Any) -> AioPikaInstrumentor:
        instrumentor.instrument(
            **{"tracer_provider": seen.tracers, "meter_provider": seen.meters, **arguments}
        )
        return instrumentor

    yield on
    if instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.uninstrument()


@pytest.fixture(params=CONNECT)
def kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of connection."""
    return str(request.param)


@pytest.fixture
async def connection(rabbitmq_server: Server, kind: str) -> AsyncIterator[AbstractConnection]:
    async with await CONNECT[kind](rabbitmq_server.url) as connection:
        yield connection


@pytest.fixture
async def channel(connection: AbstractConnection) -> AbstractChannel:
    return await connection.channel()


@pytest.fixture
async def queue(channel: AbstractChannel) -> Queue:
    """A queue that nobody else has, with a name of somebody's choice."""
    queue = await channel.declare_queue("orders", exclusive=True, auto_delete=True)
    assert isinstance(queue, Queue)
    return queue


@pytest.fixture
def instrumented(instrumentor: type[Any], seen: Seen) -> Iterator[None]:
    """The library, by the class of an instrumentor that the test names."""
    made = instrumentor()
    made.instrument(tracer_provider=seen.tracers, meter_provider=seen.meters)
    yield
    made.uninstrument()
