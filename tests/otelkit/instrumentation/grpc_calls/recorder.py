"""What an instrumentation made: each start and each end of a span, and the duration points."""

from collections import Counter
from typing import Any

from grpc import StatusCode
from opentelemetry.context import Context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.trace import SpanKind

BY_NUMBER = {code.value[0]: code.name for code in StatusCode}


class Recorder(SpanProcessor):
    """Counts what starts and keeps what ends."""

    def __init__(self) -> None:
        self.started: list[Span] = []
        self.ended: list[ReadableSpan] = []
        self.reader = InMemoryMetricReader()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(self)
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        self.started.append(span)

    def on_end(self, span: ReadableSpan) -> None:
        self.ended.append(span)

    @property
    def providers(self) -> dict[str, Any]:
        return {"tracer_provider": self.tracers, "meter_provider": self.meters}

    def is_settled(self) -> bool:
        """Whether a client and a server span started, and nothing is open."""
        return len(self.started) >= 2 and len(self.ended) == len(self.started)

    def explain(self) -> str:
        kinds = Counter(span.kind.name for span in self.started)
        return f"started {dict(kinds)}, ended {dict(Counter(span.kind.name for span in self.ended))}"

    def side(self, kind: SpanKind) -> ReadableSpan:
        """The one span of a side, ended once."""
        (span,) = [span for span in self.ended if span.kind is kind]
        return span

    @property
    def client(self) -> ReadableSpan:
        return self.side(SpanKind.CLIENT)

    @property
    def server(self) -> ReadableSpan:
        return self.side(SpanKind.SERVER)

    def is_one_trace(self) -> bool:
        """Whether the server's span is a child of the client's."""
        parent, client = self.server.parent, self.client.context
        assert parent is not None
        assert client is not None
        return (parent.trace_id, parent.span_id) == (client.trace_id, client.span_id)

    def points(self, name: str) -> list[Any]:
        data = self.reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]

    def shutdown(self) -> None:
        """Nothing to do: the providers are shut down by the fixture."""


def code_of(span: ReadableSpan) -> str | None:
    """The status code, under its name of today or the older one, which is a number."""
    attributes = span.attributes or {}
    if "rpc.response.status_code" in attributes:
        return str(attributes["rpc.response.status_code"])
    number = attributes.get("rpc.grpc.status_code")
    return BY_NUMBER.get(number) if isinstance(number, int) else None


def exceptions_of(span: ReadableSpan) -> int:
    """How many exceptions were recorded."""
    return sum(event.name == "exception" for event in span.events)
