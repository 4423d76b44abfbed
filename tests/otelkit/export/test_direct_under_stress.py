"""Encoded items leave in time and are counted once, also when something around them is broken."""

import logging
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider

from otelkit.export import DirectSpanProcessor, WaitingSpanExporter
from otelkit.receiver import Refused
from otelkit.testing import Sink

MakeProvider = Callable[..., tuple[TracerProvider, WaitingSpanExporter]]


@pytest.fixture
def make(otlp_sink: Sink, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeProvider]:
    made: list[TracerProvider] = []

    def provider(delay_millis: int, queue_bytes: int = 2**26) -> tuple[TracerProvider, WaitingSpanExporter]:
        for name, value in otlp_sink.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", str(delay_millis))
        exporter = WaitingSpanExporter(queue_bytes=queue_bytes)
        made.append(TracerProvider(shutdown_on_exit=False))
        made[-1].add_span_processor(DirectSpanProcessor(exporter))
        return made[-1], exporter

    yield provider
    for provider_ in made:
        provider_.shutdown()


class RaisingHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise OSError("the disk is full")


@pytest.fixture
def broken_log() -> Iterator[None]:
    handler = RaisingHandler()
    logging.getLogger("otelkit.export").addHandler(handler)
    yield
    logging.getLogger("otelkit.export").removeHandler(handler)


def emit(provider: TracerProvider, count: int, padding_bytes: int) -> None:
    for _ in range(count):
        provider.get_tracer("t").start_span("work", attributes={"padding": "x" * padding_bytes}).end()


def test_half_full_queue_does_not_wait_for_the_delay(make: MakeProvider, otlp_sink: Sink) -> None:
    provider, exporter = make(delay_millis=3_600_000, queue_bytes=64 * 1024)
    emit(provider, 35, padding_bytes=1000)

    assert len(otlp_sink.wait_for_spans(30)) >= 30
    assert exporter.drops.lost == {}


def test_what_a_full_request_leaves_behind_does_not_wait_anew(make: MakeProvider, otlp_sink: Sink) -> None:
    provider, _ = make(delay_millis=1000)
    begun = time.monotonic()
    emit(provider, 4, padding_bytes=3_000_000)

    otlp_sink.wait_for_spans(4)
    assert time.monotonic() - begun < 3


def test_broken_log_handler_neither_stops_export_nor_reaches_the_application(
    make: MakeProvider, otlp_sink: Sink, broken_log: None
) -> None:
    provider, exporter = make(delay_millis=10)
    otlp_sink.answer(Refused("no"), times=1)
    emit(provider, 1, padding_bytes=1)
    assert exporter.force_flush(5000)
    emit(provider, 1, padding_bytes=1)

    assert len(otlp_sink.wait_for_spans(1)) == 1
    assert exporter.drops.lost == {"refused": 1}


def test_broken_metric_view_does_not_offer_an_accepted_request_again(
    make: MakeProvider, otlp_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, exporter = make(delay_millis=10)
    monkeypatch.setattr(exporter.drops, "attempted", lambda *_: 1 / 0)
    emit(provider, 1, padding_bytes=1)

    assert exporter.force_flush(5000)
    assert otlp_sink.requests() == 1


def test_flush_after_a_loss_at_shutdown_says_so(make: MakeProvider, otlp_sink: Sink) -> None:
    provider, exporter = make(delay_millis=3_600_000)
    otlp_sink.stop()
    emit(provider, 1, padding_bytes=1)
    exporter.shutdown(100)

    assert exporter.drops.lost == {"shutdown": 1}
    assert not exporter.force_flush(100)


def test_longest_delay_there_is_waits(make: MakeProvider) -> None:
    provider, exporter = make(delay_millis=sys.maxsize)
    emit(provider, 1, padding_bytes=1)

    assert exporter.force_flush(5000)
    assert exporter.drops.exported == 1
