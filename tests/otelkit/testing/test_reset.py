"""After a reset, OpenTelemetry is as a fresh process has it."""

import logging
import os

import pytest
from opentelemetry import _logs, metrics, propagate, trace
from opentelemetry.instrumentation.logging import LoggingInstrumentor
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otelkit import configure
from otelkit.testing import Sink
from otelkit.testing import reset_telemetry as reset
from otelkit.testing.reset import fresh_telemetry

pytestmark = pytest.mark.usefixtures("reset_telemetry")


def test_spans_of_the_old_provider_are_flushed_and_the_new_one_gets_the_next() -> None:
    # a tracer that a library took at import, before any provider, must follow to the provider set last
    memories = InMemorySpanExporter(), InMemorySpanExporter()
    for memory in memories:
        early_tracer = trace.get_tracer("library")
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(memory))
        trace.set_tracer_provider(provider)
        early_tracer.start_span(f"for {memories.index(memory)}").end()
        reset()

    assert [[span.name for span in memory.get_finished_spans()] for memory in memories] == [
        ["for 0"],
        ["for 1"],
    ]
    assert not trace.get_tracer("library").start_span("for nobody").is_recording()


def test_meter_provider_can_be_set_again() -> None:
    names: list[str] = []
    for name in ("first", "second"):
        reader = InMemoryMetricReader()
        metrics.set_meter_provider(MeterProvider([reader]))
        metrics.get_meter("shop").create_counter(name).add(1)
        data = reader.get_metrics_data()
        assert data is not None
        names += [metric.name for metric in data.resource_metrics[0].scope_metrics[0].metrics]
        reset()

    assert names == ["first", "second"]


def test_logger_provider_can_be_set_again(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        provider = LoggerProvider()
        _logs.set_logger_provider(provider)
        assert _logs.get_logger_provider() is provider
        reset()

    assert not isinstance(_logs.get_logger_provider(), LoggerProvider)
    assert caplog.records == []


def test_propagators_are_the_default_again() -> None:
    propagate.set_global_textmap(CompositePropagator([]))

    reset()

    assert propagate.get_global_textmap().fields == {"traceparent", "tracestate", "baggage"}


def test_logging_is_instrumented_no_more() -> None:
    handlers = list(logging.getLogger().handlers)
    LoggingInstrumentor().instrument()
    assert logging.getLogger().handlers != handlers

    reset()

    assert logging.getLogger().handlers == handlers
    assert not LoggingInstrumentor().is_instrumented_by_opentelemetry


def test_otelkit_can_be_configured_again_and_is_shut_down_once(
    otlp_sink: Sink, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    for service in ("first", "second"):
        configure(service)
        trace.get_tracer("shop").start_span("order").end()
        reset()

    assert [span.service_name for span in otlp_sink.spans()] == ["first", "second"]
    assert "shutdown can only be called once" not in caplog.text


def test_environment_and_log_levels_are_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    names, level = set(os.environ), logging.getLogger().level
    with fresh_telemetry():
        configure("shop")
        assert set(os.environ) != names
        assert logging.getLogger().level != level

    assert (set(os.environ), logging.getLogger().level) == (names, level)
