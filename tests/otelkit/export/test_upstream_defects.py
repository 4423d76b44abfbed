"""Reproductions of what the waiting exporter is there for; strict, so that a fix turns them red.

When one passes, the code that works around it can go. Bounded retries are no defect but the
specification's choice; that one is here as the measure of ours. Short settings keep waits short.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from threading import Event

import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, PeriodicExportingMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from .conftest import Inbox

ISSUES = "https://github.com/open-telemetry/opentelemetry-python/issues"
SPEC = "https://opentelemetry.io/docs/specs/otel/protocol/exporter/#retry"
EXPORT_SECONDS = 1.0
TIMEOUT_MILLIS = 100


class SlowExporter(SpanExporter):
    """Takes a second for each batch, or until it is released."""

    def __init__(self) -> None:
        self.released = Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.released.wait(EXPORT_SECONDS)
        return SpanExportResult.SUCCESS


@pytest.fixture
def flush_seconds() -> Iterator[Callable[[float | None, int | None], float]]:
    """How long a flush takes that way, with one span in the queue of a slow exporter."""
    exporter = SlowExporter()
    providers: list[TracerProvider] = []

    def measure(export_timeout_millis: float | None, flush_timeout_millis: int | None) -> float:
        provider = TracerProvider(shutdown_on_exit=False)
        providers.append(provider)
        processor = BatchSpanProcessor(exporter, export_timeout_millis=export_timeout_millis)
        provider.add_span_processor(processor)
        provider.get_tracer("slow").start_span("slow").end()
        begin = time.monotonic()
        processor.force_flush(flush_timeout_millis)
        return time.monotonic() - begin

    yield measure
    exporter.released.set()
    for provider in providers:
        provider.shutdown()


@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason=f"OTEL_BSP_EXPORT_TIMEOUT is not used: {ISSUES}/4555"
)
def test_the_sdk_bounds_an_export_by_its_export_timeout(
    flush_seconds: Callable[[float | None, int | None], float],
) -> None:
    assert flush_seconds(TIMEOUT_MILLIS, None) < EXPORT_SECONDS / 2


@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason=f"force_flush ignores its timeout: {ISSUES}/4568"
)
def test_the_sdk_bounds_a_flush_by_its_timeout(
    flush_seconds: Callable[[float | None, int | None], float],
) -> None:
    assert flush_seconds(None, TIMEOUT_MILLIS) < EXPORT_SECONDS / 2


@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason=f"retries end with the timeout, as {SPEC} allows"
)
def test_the_stock_exporter_keeps_a_batch_while_the_receiver_is_away(
    protocol: str,
    free_port: int,
    start_receiver: Callable[..., Inbox],
    spans: Callable[..., list[ReadableSpan]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    exporter: SpanExporter = (
        GrpcSpanExporter(endpoint=f"http://127.0.0.1:{free_port}", timeout=0.5)
        if protocol == "grpc"
        else HttpSpanExporter(endpoint=f"http://127.0.0.1:{free_port}/v1/traces", timeout=0.5)
    )
    exporter.export(spans("during the outage"))
    inbox = start_receiver(free_port)
    exporter.export(spans("after it"))
    exporter.shutdown()

    assert "after it" in inbox.names or pytest.fail("the receiver got nothing at all", pytrace=False)
    assert "during the outage" in inbox.names


@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason=f"the stock exporters read seconds: {ISSUES}/4044"
)
def test_the_stock_exporter_reads_its_timeout_in_milliseconds(
    monkeypatch: pytest.MonkeyPatch, black_hole: int, spans: Callable[..., list[ReadableSpan]]
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "2000")
    exporter = GrpcSpanExporter(endpoint=f"http://127.0.0.1:{black_hole}")
    try:
        assert exporter._timeout == 2
    finally:
        exporter.shutdown()


@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason=f"the timeout goes by the wrong name: {ISSUES}/5574"
)
def test_the_metric_reader_passes_its_shutdown_timeout_on() -> None:
    exporter = _NotingExporter()
    PeriodicExportingMetricReader(exporter, export_interval_millis=60_000).shutdown(timeout_millis=5000)

    assert exporter.timeout_millis is not None


class _NotingExporter(MetricExporter):
    timeout_millis: float | None = None

    def export(self, metrics_data: object, timeout_millis: float = 0, **_: object) -> MetricExportResult:
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 0) -> bool:
        return True

    def shutdown(self, timeout_millis: float | None = None, **_: object) -> None:
        self.timeout_millis = timeout_millis
