"""A service and a channel of grpc.aio in this process, both instrumented, and a count of their spans."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import psutil
from opentelemetry.context import Context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider

from otelkit.instrumentation.grpc_aio import GrpcAioInstrumentor

SETTLE_SECONDS = 20.0


class OpenSpans(SpanProcessor):
    """How many spans have started and not ended."""

    def __init__(self) -> None:
        self.started = self.ended = 0

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        self.started += 1

    def on_end(self, span: ReadableSpan) -> None:
        self.ended += 1

    @property
    def count(self) -> int:
        return self.started - self.ended

    def shutdown(self) -> None:
        """Nothing to do."""


async def _echo(request: bytes, _: Any) -> bytes:
    return request


async def _repeat(request: bytes, _: Any) -> AsyncIterator[bytes]:
    while True:
        yield request
        await asyncio.sleep(0)


@asynccontextmanager
async def stock() -> AsyncIterator[tuple[Any, OpenSpans, str]]:
    """A channel to a service with `unary` and an endless `stream`; spans; and the service's address."""
    spans = OpenSpans()
    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(spans)
    meters = MeterProvider([InMemoryMetricReader()], shutdown_on_exit=False)
    GrpcAioInstrumentor().instrument(tracer_provider=tracers, meter_provider=meters)
    server = grpc.aio.server()
    handlers: dict[str, Any] = {
        "unary": grpc.unary_unary_rpc_method_handler(_echo),
        "stream": grpc.unary_stream_rpc_method_handler(_repeat),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("shop.Stock", handlers),))
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    try:
        async with grpc.aio.insecure_channel(address) as channel:
            yield channel, spans, address
    finally:
        await server.stop(None)
        GrpcAioInstrumentor().uninstrument()
        tracers.shutdown()
        meters.shutdown()


async def settle(spans: OpenSpans) -> None:
    """Give the last calls the time to end."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + SETTLE_SECONDS
    while spans.count and loop.time() < deadline:  # noqa: ASYNC110 - spans tell nobody
        await asyncio.sleep(0.05)


def resident_bytes() -> int:
    """What the process holds when the garbage is gone."""
    gc.collect()
    resident: int = psutil.Process().memory_info().rss
    return resident
