"""Operations end exactly once, whatever they failed with."""

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MessagingOperationTypeValues
from opentelemetry.trace import StatusCode

from otelkit.instrumentation.messaging import Scope, Settings, Telemetry

PROCESS = MessagingOperationTypeValues.PROCESS


class OddError(Exception):
    """Says nothing, not even that."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


def test_exception_without_a_text_reaches_the_application_and_ends_span_and_point() -> None:
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(shutdown_on_exit=False), MeterProvider([reader], shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry = Telemetry("shop", Settings(), tracers, meters)
    plan = telemetry.plan("process", PROCESS, "orders", {})
    odd = OddError()
    try:
        with Scope(telemetry.begin(plan)):
            raise odd
    except OddError as error:
        assert error is odd  # noqa: PT017 - str() of it, which pytest.raises() asks for, is what fails
    (span,) = exporter.get_finished_spans()
    (event,) = span.events
    data = reader.get_metrics_data()
    meters.shutdown()

    name = f"{__name__}.OddError"
    assert (span.attributes or {})["error.type"] == name
    assert dict(event.attributes or {}) == {"exception.type": name}
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert data is not None
    (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
    assert [dict(point.attributes or {})["error.type"] for point in metric.data.data_points] == [name]
