"""Bounds in bytes and in time, and that what crosses them is counted."""

import logging
from collections.abc import Callable

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from otelkit.export.byte_queue import Batching, ByteQueue
from otelkit.export.payload import Payload
from otelkit.export.summary_log import SummaryLog

from .conftest import MakeExporter

Spans = Callable[..., list[ReadableSpan]]


def test_the_queue_holds_exactly_its_bytes() -> None:
    queue = ByteQueue(10, Batching())

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
