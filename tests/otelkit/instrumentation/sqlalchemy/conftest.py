"""Providers of a test's own, engines on files of its own, and the instrumentor taken off again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import Engine, create_engine

from otelkit.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

Point = HistogramDataPoint | NumberDataPoint


@dataclass
class Seen:
    """What came out."""

    tracers: TracerProvider
    meters: MeterProvider
    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader

    def spans(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())

    def names(self) -> list[str]:
        return [span.name for span in self.spans()]

    def points(self, name: str, **attributes: Any) -> list[Point]:
        """Give the points of a metric that have these attributes; `_` in their names stands for a dot."""
        data = self.reader.get_metrics_data()
        wanted = {key.replace("_", "."): value for key, value in attributes.items()}
        return [
            point
            for resource in (data.resource_metrics if data else [])
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
            if isinstance(point, HistogramDataPoint | NumberDataPoint)
            and wanted.items() <= dict(point.attributes or {}).items()
        ]

    def value(self, name: str, **attributes: Any) -> float | None:
        """Give the value of a counter's point, or the count of a histogram's; None when there is no point."""
        points = self.points(name, **attributes)
        assert len(points) < 2, points
        return next(
            (point.count if isinstance(point, HistogramDataPoint) else point.value for point in points), None
        )

    def connections(self) -> tuple[float | None, float | None]:
        """Give the idle and the used connections."""
        name = "db.client.connection.count"
        idle, used = (self.value(name, db_client_connection_state=state) for state in ("idle", "used"))
        return idle, used


@pytest.fixture
def seen() -> Iterator[Seen]:
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(shutdown_on_exit=False), MeterProvider([reader], shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    yield Seen(tracers, meters, exporter, reader)
    meters.shutdown()


@pytest.fixture
def instrument(seen: Seen) -> Iterator[Callable[..., SQLAlchemyInstrumentor]]:
    instrumentor = SQLAlchemyInstrumentor()

    def on(**arguments: Any) -> SQLAlchemyInstrumentor:
        instrumentor.instrument(
            **{"tracer_provider": seen.tracers, "meter_provider": seen.meters, **arguments}
        )
        return instrumentor

    yield on
    if instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.uninstrument()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An engine with a queue of connections, made before anything is instrumented."""
    made = create_engine(url, pool_size=2, max_overflow=1, pool_timeout=0.05)
    yield made
    made.dispose()
