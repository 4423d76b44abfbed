"""httpx2 instrumented with providers of the test's own, and a shop to call."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from opentelemetry.instrumentation.httpx import HTTPX2ClientInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otelkit.instrumentation.httpx2 import Httpx2Instrumentor

from .server import Shop, serving

INSTRUMENTORS: dict[str, type[Any]] = {"otelkit": Httpx2Instrumentor, "contrib": HTTPX2ClientInstrumentor}


@dataclass
class Recorded:
    """What the instrumentation made: spans in order of their end, points of the duration histogram."""

    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)

    def __post_init__(self) -> None:
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        return self.exporter.get_finished_spans()

    @property
    def span(self) -> ReadableSpan:
        (span,) = self.spans
        return span

    @property
    def attributes(self) -> dict[str, Any]:
        return dict(self.span.attributes or {})

    @property
    def durations(self) -> list[HistogramDataPoint]:
        data = self.reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if (metric.name, metric.unit) == ("http.client.request.duration", "s")
            for point in metric.data.data_points
            if isinstance(point, HistogramDataPoint)
        ]


Instrument = Callable[..., Recorded]


@pytest.fixture
def instrument(reset_telemetry: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instrument]:
    """Instrument httpx2, by default with ours, and give what it records."""
    monkeypatch.setenv("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    used: list[tuple[Any, Recorded]] = []

    def start(kind: str = "otelkit", **options: Any) -> Recorded:
        recorded = Recorded()
        instrumentor = INSTRUMENTORS[kind]()
        instrumentor.instrument(tracer_provider=recorded.tracers, meter_provider=recorded.meters, **options)
        used.append((instrumentor, recorded))
        return recorded

    yield start
    for instrumentor, recorded in used:
        instrumentor.uninstrument()
        recorded.tracers.shutdown()
        recorded.meters.shutdown()


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def port(shop: Shop) -> Iterator[int]:
    """Where the shop answers on 127.0.0.1."""
    with serving(shop) as port:
        yield port
