"""Spans and log records are encoded where they end, and only bytes wait."""

import logging
import os
import threading

import pytest
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from otelkit import configure
from otelkit.errors import ConfigurationError
from otelkit.export import DirectSpanProcessor, WaitingSpanExporter
from otelkit.export.processors import read_batching
from otelkit.testing import Sink
from otelkit.testing.endpoint import Protocol


@pytest.fixture(params=["grpc", "http/protobuf"])
def exporter(
    request: pytest.FixtureRequest, otlp_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> WaitingSpanExporter:
    protocol: Protocol = request.param
    for name, value in otlp_sink.environment(protocol).items():
        monkeypatch.setenv(name, value)
    return WaitingSpanExporter()


def provider_of(exporter: WaitingSpanExporter) -> TracerProvider:
    provider = TracerProvider(resource=Resource({"service.name": "shop"}), shutdown_on_exit=False)
    provider.add_span_processor(DirectSpanProcessor(exporter))
    return provider


def test_span_arrives_after_the_schedule_delay(exporter: WaitingSpanExporter, otlp_sink: Sink) -> None:
    provider = provider_of(exporter)
    with provider.get_tracer("t").start_as_current_span("work"):
        pass

    assert [span.name for span in otlp_sink.wait_for_spans(1)] == ["work"]
    provider.shutdown()


def test_full_batch_does_not_wait_for_the_delay(
    exporter: WaitingSpanExporter, otlp_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "60000")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "10")
    provider = provider_of(exporter)
    for _ in range(10):
        provider.get_tracer("t").start_span("work").end()

    assert len(otlp_sink.wait_for_spans(10)) == 10
    assert otlp_sink.requests() == 1
    provider.shutdown()


def test_spans_of_many_threads_all_arrive(exporter: WaitingSpanExporter, otlp_sink: Sink) -> None:
    provider = provider_of(exporter)
    tracer = provider.get_tracer("t")

    def work() -> None:
        for _ in range(500):
            tracer.start_span("work").end()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    provider.shutdown()

    assert len({span.span_id for span in otlp_sink.spans()}) == 4000


def test_waiting_bytes_are_exactly_those_of_the_spans(
    exporter: WaitingSpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "60000")
    provider = provider_of(exporter)
    sizes = []
    for _ in range(3):
        provider.get_tracer("t").start_span("work").end()
        sizes.append(exporter.queue.waiting_bytes)

    assert sizes == [sizes[0], 2 * sizes[0], 3 * sizes[0]]
    assert exporter.queue.waiting_items == 3
    provider.shutdown()


def test_what_does_not_fit_is_counted(otlp_sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "60000")
    exporter = WaitingSpanExporter(queue_bytes=100)
    provider = provider_of(exporter)
    for _ in range(5):
        provider.get_tracer("t").start_span("work").end()

    assert exporter.drops.lost["queue_full"] == 5 - exporter.queue.waiting_items
    provider.shutdown()


def test_unsampled_span_is_not_encoded(exporter: WaitingSpanExporter, otlp_sink: Sink) -> None:
    provider = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)
    provider.add_span_processor(DirectSpanProcessor(exporter))
    provider.get_tracer("t").start_span("work").end()
    provider.shutdown()

    assert otlp_sink.requests() == 0


def test_span_ended_after_shutdown_is_counted(exporter: WaitingSpanExporter) -> None:
    provider = provider_of(exporter)
    late = provider.get_tracer("t").start_span("late")
    provider.shutdown()
    late.end()

    assert exporter.drops.lost == {"shutdown": 1}


def test_wrong_delay_is_an_error_that_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "soon")

    with pytest.raises(ConfigurationError, match="OTEL_BSP_SCHEDULE_DELAY='soon'"):
        read_batching("BSP", 5000)


@pytest.mark.parametrize("encoding", ["direct", "sdk"])
def test_either_encoding_delivers_the_same(
    encoding: str, otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**otlp_sink.environment(), "OTELKIT_EXPORT_ENCODING": encoding}.items():
        monkeypatch.setenv(name, value)
    telemetry = configure("shop")
    with trace.get_tracer("t").start_as_current_span("work", attributes={"process": os.getpid()}):
        logging.getLogger("shop").warning("working")
    telemetry.shutdown()

    (span,) = otlp_sink.spans()
    assert (span.name, span.attributes["process"], span.service_name) == ("work", os.getpid(), "shop")
    assert [(log.body, log.span_id) for log in otlp_sink.logs()] == [("working", span.span_id)]
    assert {point.value for point in otlp_sink.metrics("otel.sdk.processor.span.processed")} == {1}
