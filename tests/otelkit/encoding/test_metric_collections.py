"""What a MeterProvider really collects is encoded as by the SDK's encoder."""

import math
from collections.abc import Iterable

import pytest
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import (
    AlwaysOnExemplarFilter,
    Counter,
    Histogram,
    MeterProvider,
    ObservableCounter,
    UpDownCounter,
)
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader, MetricsData
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider

from .metric_data import CUMULATIVE, DELTA, by_the_sdk, metrics_in, ours, points_in

SHAPES = {
    "orders": "sum", "waiting": "sum", "served": "sum", "load": "gauge", "temperature": "gauge",
    "duration": "histogram", "size": "exponential_histogram",
}  # fmt: skip


def observe_total(_: CallbackOptions) -> Iterable[Observation]:
    yield Observation(41, {"queue": "a"})
    yield Observation(2, {"queue": "b"})


def observe_load(_: CallbackOptions) -> Iterable[Observation]:
    yield Observation(math.nan, {"cpu": 0})
    yield Observation(0.5, {"cpu": 1})


def collect_twice(temporality: AggregationTemporality) -> list[MetricsData]:
    kinds: list[type] = [Counter, UpDownCounter, Histogram, ObservableCounter]
    reader = InMemoryMetricReader(preferred_temporality=dict.fromkeys(kinds, temporality))
    views = [
        View(instrument_name="size", aggregation=ExponentialBucketHistogramAggregation(max_size=20)),
        View(instrument_name="duration", attribute_keys={"route"}),
    ]
    provider = MeterProvider(
        [reader], Resource({"service.name": "shop"}), AlwaysOnExemplarFilter(), views=views
    )
    meter = provider.get_meter("shop", "1", "https://example.com/1", {"kind": "test"})
    meter.create_observable_counter("served", [observe_total], "{order}", "Orders served")
    meter.create_observable_gauge("load", [observe_load])
    counter, waiting = meter.create_counter("orders"), meter.create_up_down_counter("waiting")
    duration, size = meter.create_histogram("duration", "s"), meter.create_histogram("size", "By")
    temperature = provider.get_meter("cellar").create_gauge("temperature")
    tracer_provider = TracerProvider(shutdown_on_exit=False)
    collected = []
    for _ in range(2):
        with tracer_provider.get_tracer("t").start_as_current_span("request"):
            for number in range(200):
                counter.add(1, {"order.kind": "book", "vip": number % 2 == 0})
                duration.record(number / 100, {"route": "/orders", "user": f"u{number % 3}"})
        for number in range(1, 400):
            size.record(number**3 % 977, {"route": "/orders"})
        waiting.add(-2.5)
        temperature.set(-3, {"tags": ["cold", "dry"]})
        data = reader.get_metrics_data()
        assert data is not None
        collected.append(data)
    provider.shutdown()
    tracer_provider.shutdown()
    return collected


@pytest.mark.parametrize("temporality", [DELTA, CUMULATIVE])
def test_collections_of_all_instruments_equal_those_of_the_sdks_encoder(
    temporality: AggregationTemporality,
) -> None:
    for data in collect_twice(temporality):
        parsed = ours(data)

        assert parsed.SerializeToString() == by_the_sdk(data).SerializeToString()  # NaN differs from itself
        assert {each.name: each.WhichOneof("data") for each in metrics_in(parsed)} == SHAPES


def test_exemplars_of_a_sampled_span_tell_its_ids_and_what_a_view_filtered() -> None:
    (point,) = (
        point
        for each in metrics_in(ours(collect_twice(DELTA)[0]))
        if each.name == "duration"
        for point in each.histogram.data_points
    )

    assert point.exemplars
    assert {(len(e.span_id), len(e.trace_id)) for e in point.exemplars} == {(8, 16)}
    assert {pair.key for e in point.exemplars for pair in e.filtered_attributes} == {"user"}


def test_exponential_histogram_with_a_view_keeps_its_buckets() -> None:
    data = collect_twice(CUMULATIVE)[1]
    (point,) = (p for p in points_in(ours(data)) if hasattr(p, "positive"))

    assert point.count == 798 == sum(point.positive.bucket_counts) + point.zero_count
