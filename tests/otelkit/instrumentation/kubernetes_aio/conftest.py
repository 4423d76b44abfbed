"""kubernetes.aio instrumented with providers of the test, and an API that answers with a status."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from aiohttp import web
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otelkit.instrumentation.kubernetes_aio import KubernetesAioInstrumentor


class Recorded:
    """What the instrumentation made."""

    def __init__(self) -> None:
        self.exporter, self.reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)

    @property
    def span(self) -> Any:
        (span,) = self.exporter.get_finished_spans()
        return span


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    recorded = Recorded()
    KubernetesAioInstrumentor().instrument(
        tracer_provider=recorded.tracers, meter_provider=recorded.meters, baggage_hosts=["elsewhere"]
    )
    yield recorded
    KubernetesAioInstrumentor().uninstrument()


class Api:
    """Answers with a status, and remembers headers."""

    def __init__(self) -> None:
        self.status, self.headers, self.url = 200, dict[str, str](), ""

    async def answer(self, request: web.Request) -> web.Response:
        self.headers = dict(request.headers)
        return web.json_response({}, status=self.status)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    api, app = Api(), web.Application()
    app.router.add_route("*", "/{path:.*}", api.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield api
    await runner.cleanup()
