"""Bounds in bytes and in time, and that what crosses them is counted."""

import logging
import time
from collections.abc import Callable
from threading import Thread

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from otelkit.export.byte_queue import ByteQueue, Payload
from otelkit.export.summary_log import SummaryLog

from .conftest import Inbox, MakeExporter

Spans = Callable[..., list[ReadableSpan]]


def test_the_queue_holds_exactly_its_bytes() -> None:
    queue = ByteQueue(10)

    assert queue.add(Payload(b"x" * 6, 1))
    assert not queue.add(Payload(b"x" * 5, 1))
    assert queue.add(Payload(b"x" * 4, 2))
    assert (queue.waiting_bytes, queue.waiting_items) == (10, 3)
    queue.remove_head()
    assert not queue.add(Payload(b"x" * 11, 1))
    assert queue.clear() == 2
    assert (queue.waiting_bytes, queue.waiting_items) == (0, 0)


def test_what_does_not_fit_is_counted_and_seen_in_the_metrics(
    free_port: int, make_exporter: MakeExporter, spans: Spans
) -> None:
    reader = InMemoryMetricReader()
    exporter = make_exporter(
        free_port,
        queue_bytes=2000,
        meter_provider=MeterProvider([reader], shutdown_on_exit=False),
        shutdown_timeout_seconds=0,
    )

    assert exporter.export(spans("fits")) is SpanExportResult.SUCCESS
    assert exporter.export(spans("large", text="x" * 3000)) is SpanExportResult.FAILURE
    assert exporter.export(spans("fits as well")) is SpanExportResult.SUCCESS

    assert exporter.drops.lost == {"queue_full": 1}
    points = _points(reader)
    assert points["otel.sdk.exporter.span.exported", "queue_full"] == 1
    assert points["otel.sdk.exporter.span.inflight", None] == 2


def _points(reader: InMemoryMetricReader) -> dict[tuple[str, object], object]:
    data = reader.get_metrics_data()
    assert data is not None
    return {
        (metric.name, (point.attributes or {}).get("error.type")): getattr(point, "value", None)
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.data.data_points
    }


def test_one_line_a_minute_says_how_many_were_lost(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    summary = SummaryLog(logging.getLogger("drops"), clock=lambda: now[0])

    for _ in range(100):
        summary.note("queue_full", 3, "{count} spans are lost")
        now[0] += 1

    assert [record.getMessage() for record in caplog.records] == ["3 spans are lost", "180 spans are lost"]


def test_shutdown_delivers_everything_to_a_healthy_receiver(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    exporter = make_exporter(inbox.port)
    names = [f"span-{number}" for number in range(200)]
    for name in names:
        exporter.export(spans(name))
    exporter.shutdown()

    assert inbox.names == names
    assert exporter.drops.lost == {}


def test_shutdown_with_nobody_there_ends_within_its_bound_and_counts(
    free_port: int, make_exporter: MakeExporter, spans: Spans, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = make_exporter(free_port, shutdown_timeout_seconds=0.8)
    exporter.export(spans("a", "b"))
    seconds = _seconds(exporter.shutdown)

    assert 0.7 < seconds < 1.5
    assert exporter.drops.lost == {"shutdown": 2}
    assert sum("are lost" in record.getMessage() for record in caplog.records) == 1


def test_a_receiver_that_never_answers_is_cut_off_within_the_bound(
    black_hole: int, make_exporter: MakeExporter, spans: Spans
) -> None:
    exporter = make_exporter(black_hole, shutdown_timeout_seconds=0.8)
    exporter.export(spans("a"))

    assert _seconds(lambda: exporter.force_flush(300)) < 0.8
    assert _seconds(exporter.shutdown) < 1.5
    assert exporter.drops.lost == {"shutdown": 1}


def test_each_offer_to_a_receiver_that_never_answers_ends_by_its_timeout(
    black_hole: int, make_exporter: MakeExporter, spans: Spans, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = make_exporter(black_hole, {"TIMEOUT": "200"}, shutdown_timeout_seconds=0)
    exporter.export(spans("a"))

    assert not exporter.force_flush(600)
    assert any("wait for" in record.getMessage() for record in caplog.records)
    assert exporter.drops.lost == {}


def test_many_threads_and_a_shutdown_between_them_account_for_every_span(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    exporter = make_exporter(inbox.port)

    def export_many(thread: int) -> None:
        for number in range(100):
            exporter.export(spans(f"{thread}-{number}"))

    threads = [Thread(target=export_many, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    exporter.shutdown()
    for thread in threads:
        thread.join()

    assert len(set(inbox.names)) == len(inbox.names) == exporter.drops.exported
    assert exporter.drops.exported + exporter.drops.lost["shutdown"] == 800


def test_after_shutdown_nothing_is_taken_and_that_is_counted(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    exporter = make_exporter(inbox.port)
    exporter.shutdown()

    assert exporter.export(spans("late")) is SpanExportResult.FAILURE
    assert exporter.drops.lost == {"shutdown": 1}
    assert inbox.names == []


def _seconds(action: Callable[[], object]) -> float:
    begin = time.monotonic()
    action()
    return time.monotonic() - begin
