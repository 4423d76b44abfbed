"""What instrumenting a request of httpx2 adds, ours beside contrib's, in one process without a network.

The transports answer at once, so that nothing but the instrumentations differs. Spans are recorded and ended,
the histogram is fed, headers are injected; nothing is exported.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping
from statistics import median
from typing import Any

import httpx2
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler

from bench.report import Row
from otelkit.instrumentation.httpx2.telemetry import ClientTelemetry

ROUNDS, CALLS = 15, 200
MOST_OF_CONTRIB = 0.6
SAMPLERS: Mapping[str, Sampler] = {"every request sampled": ALWAYS_ON, "none sampled": ALWAYS_OFF}


class Answer(httpx2.AsyncByteStream):
    """A short body."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"{}"


class Bare(httpx2.AsyncBaseTransport):
    """A server that answers at once."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer 200."""
        return httpx2.Response(200, stream=Answer())


class Ours(Bare):
    """The same with our telemetry around it."""

    def __init__(self, **providers: Any) -> None:
        self._telemetry = ClientTelemetry(**providers)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer 200."""
        return await self._telemetry.send_async(request, super().handle_async_request)


def measure() -> list[Row]:
    """Microseconds that each adds, and ours as a part of contrib's."""
    rows = [row for name, sampler in SAMPLERS.items() for row in asyncio.run(_compare(name, sampler))]
    control = asyncio.run(_seconds({"first": Bare(), "second": Bare()}))
    ratio = round(control["second"] / control["first"], 2)
    return [*rows, Row("httpx2: control, bare beside itself", ratio, None, "of its time", "lower")]


async def _compare(name: str, sampler: Sampler) -> list[Row]:
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    # After the variable, because its first instrumentation reads it for the whole process.
    from opentelemetry.instrumentation.httpx import AsyncOpenTelemetryTransportHttpx2  # noqa: PLC0415

    providers: dict[str, Any] = {
        "tracer_provider": TracerProvider(sampler=sampler, shutdown_on_exit=False),
        "meter_provider": MeterProvider([InMemoryMetricReader()], shutdown_on_exit=False),
    }
    contrib = AsyncOpenTelemetryTransportHttpx2(Bare(), **providers)
    seconds = await _seconds({"bare": Bare(), "contrib": contrib, "ours": Ours(**providers)})
    ours, theirs = (seconds[side] - seconds["bare"] for side in ("ours", "contrib"))
    return [
        Row(f"httpx2, {name}: ours adds", round(ours * 1e6, 1), None, "µs", "lower"),
        Row(f"httpx2, {name}: contrib's adds", round(theirs * 1e6, 1), None, "µs", "lower"),
        Row(f"httpx2, {name}: ours", round(ours / theirs, 2), MOST_OF_CONTRIB, "of contrib's", "lower"),
    ]


async def _seconds(sides: Mapping[str, httpx2.AsyncBaseTransport]) -> dict[str, float]:
    """Processor time of one request, by side; rounds take turns."""
    taken: dict[str, list[float]] = {side: [] for side in sides}
    clients = {side: httpx2.AsyncClient(transport=transport) for side, transport in sides.items()}
    for _ in range(ROUNDS):
        for side, client in clients.items():
            requests = [
                client.build_request("GET", "http://shop.example/orders?page=1") for _ in range(CALLS)
            ]
            start = time.process_time()
            for request in requests:
                await client.send(request)
            taken[side].append((time.process_time() - start) / CALLS)
    return {side: median(seconds) for side, seconds in taken.items()}
