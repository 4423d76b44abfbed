"""What an instrumentation made: spans in the order of their ends, and points."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext

DEADLINE_SECONDS = 5.0


@dataclass
class Recorded:
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
    def names(self) -> list[str]:
        return [span.name for span in self.spans]

    def named(self, name: str) -> ReadableSpan:
        """Give the only span of a name, or of names that begin so."""
        (span,) = (span for span in self.spans if span.name == name or span.name.startswith(f"{name} "))
        return span

    def points(self, metric: str) -> list[tuple[dict[str, Any], float]]:
        """Give attributes and value, or count, of each point."""
        data = self.reader.get_metrics_data()
        return [
            (
                dict(point.attributes or {}),
                point.count if isinstance(point, HistogramDataPoint) else point.value,
            )
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for found in scope.metrics
            if found.name == metric
            for point in found.data.data_points
            if isinstance(point, HistogramDataPoint | NumberDataPoint)
        ]

    def point(self, metric: str, **attributes: Any) -> float:
        """Give the value of the only point with these attributes; `_` in their names stands for a dot."""
        wanted = {name.replace("_", "."): value for name, value in attributes.items()}
        values = [value for found, value in self.points(metric) if wanted.items() <= found.items()]
        assert len(values) == 1, self.points(metric)
        return values[0]


async def until(condition: Callable[[], object], seconds: float = DEADLINE_SECONDS) -> None:
    """Let the event loop run until something holds."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, "nothing came"
        await asyncio.sleep(0.005)  # poll


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def id_of(span: ReadableSpan) -> int:
    return _context_of(span).span_id


def trace_of(span: ReadableSpan) -> int:
    return _context_of(span).trace_id


def attributes_of(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def _context_of(span: ReadableSpan) -> SpanContext:
    context: SpanContext | None = span.context
    assert context is not None
    return context


def links_of(span: ReadableSpan) -> list[int]:
    return [link.context.span_id for link in span.links]


def current() -> int:
    return trace.get_current_span().get_span_context().span_id
