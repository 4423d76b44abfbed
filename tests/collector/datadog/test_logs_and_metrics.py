"""Logs lead to their trace; metrics are counts, gauges and distributions with the tags of their service."""

import time

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Metric

from otelkit.testing.datadog import DatadogIntake, Log
from otelkit.testing.datadog import Metric as Point
from tests.collector.datadog.otlp import SECOND, logs, resource_with, send
from tests.collector.datadog.process import ToDatadog
from tests.collector.payloads import key_values

TRACE_ID, SPAN_ID = bytes.fromhex("68f1a2b3000000000123456789abcdef"), (7).to_bytes(8)
CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
TAGS = {"env:staging", "service:shop", "version:1.4.2"}


@pytest.fixture(scope="module")
def arrived(to_datadog: ToDatadog, intake: DatadogIntake) -> list[Log]:
    traced = {"body": "sold out", "severity_text": "ERROR", "severity_number": 17}
    ids = {"trace_id": TRACE_ID, "span_id": SPAN_ID}
    send(to_datadog.grpc_target, logs({**traced, **ids}, {"body": "open", "severity_number": 9}))
    return intake.wait_for_logs(2)


def test_log_leads_to_its_trace(arrived: list[Log]) -> None:
    traced, plain = sorted(arrived, key=lambda log: not log.trace_id)

    assert traced.message == "sold out"
    assert (traced.attributes["otel.trace_id"], traced.attributes["otel.span_id"]) == (
        TRACE_ID.hex(),
        SPAN_ID.hex(),
    )
    assert (traced.trace_id, traced.span_id) == (str(int.from_bytes(TRACE_ID[8:])), "7")
    assert (plain.message, plain.trace_id) == ("open", "")


def test_log_has_its_level_and_the_tags_of_its_service(arrived: list[Log]) -> None:
    traced, plain = sorted(arrived, key=lambda log: not log.trace_id)

    assert (traced.status, plain.status) == ("ERROR", "info")
    assert {(log.service, log.host) for log in arrived} == {("shop", "web-1")}
    assert all(log.tags >= TAGS for log in arrived)


def points_of(value: int, start: int, now: int) -> list[Metric]:
    times = {"start_time_unix_nano": start, "time_unix_nano": now}
    orders, waiting = Metric(name="orders.placed"), Metric(name="orders.waiting")
    orders.sum.data_points.add(as_int=value, attributes=key_values({"channel": "web"}), **times)
    orders.sum.aggregation_temporality, orders.sum.is_monotonic = CUMULATIVE, True
    waiting.gauge.data_points.add(as_int=value, time_unix_nano=now)
    duration = Metric(name="orders.duration", unit="s")
    counts = {"count": value, "sum": value * 0.2, "min": 0.1, "max": 0.3}
    duration.histogram.data_points.add(
        **counts, bucket_counts=[0, value, 0], explicit_bounds=[0.1, 0.3], **times
    )
    duration.histogram.aggregation_temporality = DELTA
    return [orders, waiting, duration]


@pytest.fixture(scope="module")
def points(to_datadog: ToDatadog, intake: DatadogIntake) -> dict[str, list[Point]]:
    """Cumulative 5, then 12 orders, counted since now; the same as gauge and as a histogram of deltas."""
    start = time.time_ns()
    for number, value in enumerate((5, 12)):
        request = ExportMetricsServiceRequest()
        group = request.resource_metrics.add()
        group.resource.attributes.extend(key_values(resource_with({})))
        now = start + (1 + number) * SECOND
        group.scope_metrics.add().metrics.extend(points_of(value, start, now))
        send(to_datadog.grpc_target, request)
    names = ("orders.placed", "orders.waiting", "orders.duration")
    intake.wait_for_metrics(lambda _: len(intake.metrics("orders.waiting")) == 2)
    intake.wait_for_metrics(lambda _: len(intake.metrics("orders.duration")) == 2)
    return {name: intake.metrics(name) for name in names}


def test_cumulative_sum_becomes_a_count_of_what_was_added(points: dict[str, list[Point]]) -> None:
    placed = points["orders.placed"]

    assert {point.kind for point in placed} == {"count"}
    assert [point.value for point in placed] == [5, 7]  # the first value, too, is what was added
    assert all({"channel:web", *TAGS} <= point.tags for point in placed)


def test_gauge_stays_a_gauge(points: dict[str, list[Point]]) -> None:
    assert [(point.kind, point.value) for point in points["orders.waiting"]] == [("gauge", 5), ("gauge", 12)]
    assert {point.host for point in points["orders.waiting"]} == {"web-1"}


def test_histogram_becomes_a_distribution_with_its_sum_and_bounds(points: dict[str, list[Point]]) -> None:
    durations = points["orders.duration"]

    assert {point.kind for point in durations} == {"distribution"}
    assert [point.count for point in durations] == [5, 12]
    assert [point.value for point in durations] == pytest.approx([1.0, 2.4])
    assert {(point.minimum, point.maximum) for point in durations} == {(0.1, 0.3)}
