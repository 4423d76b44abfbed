"""Series of all kinds of metrics, with the exemplars that lead to traces."""

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    ExponentialHistogramDataPoint,
    Metric,
)

from otelkit.signals import Signal
from otelkit.viewer.database import reading
from otelkit.viewer.series import Series, metric_names, read_series

from .conftest import NOON, SECOND, Backend

CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE


def send_metrics(backend: Backend, *metrics: Metric, service: str = "shop") -> None:
    request = ExportMetricsServiceRequest()
    group = request.resource_metrics.add()
    group.resource.attributes.add(key="service.name").value.string_value = service
    group.scope_metrics.add(metrics=metrics)
    backend.send(request, Signal.METRICS)


def series_of(backend: Backend, name: str, start: int = 0, end: int = 2**63 - 1) -> list[Series]:
    with reading(backend.viewer._writer.path) as connection:
        return read_series(connection, "shop", name, start, end)


def counter(value: int, time: int = NOON, **attributes: str) -> Metric:
    metric = Metric(name="shop.orders", unit="{order}")
    metric.sum.is_monotonic = True
    metric.sum.aggregation_temporality = CUMULATIVE
    point = metric.sum.data_points.add(as_int=value, time_unix_nano=time)
    for key, text in attributes.items():
        point.attributes.add(key=key).value.string_value = text
    return metric


def test_counter_has_a_series_for_each_set_of_attributes(backend: Backend) -> None:
    for step in range(3):
        time = NOON + step * SECOND
        send_metrics(backend, counter(step, time, tier="gold"), counter(2 * step, time, tier="iron"))

    gold, iron = series_of(backend, "shop.orders")

    assert (gold.attributes, gold.kind, gold.temporality, gold.monotonic) == (
        {"tier": "gold"},
        "sum",
        "cumulative",
        True,
    )
    assert [point.value for point in gold.points] == [0, 1, 2]
    assert [point.value for point in iron.points] == [0, 2, 4]
    assert len(series_of(backend, "shop.orders", NOON + SECOND, NOON + SECOND)[0].points) == 1


def test_histogram_has_buckets_and_exemplars_that_name_their_span(backend: Backend) -> None:
    metric = Metric(name="shop.duration", unit="s")
    metric.histogram.aggregation_temporality = CUMULATIVE
    point = metric.histogram.data_points.add(
        count=3, sum=4.5, explicit_bounds=[1, 2], bucket_counts=[1, 1, 1], time_unix_nano=NOON
    )
    point.exemplars.add(
        as_double=2.5, time_unix_nano=NOON, trace_id=bytes(15) + b"\7", span_id=bytes(7) + b"\1"
    )
    point.exemplars.add(as_double=0.5, time_unix_nano=NOON)
    send_metrics(backend, metric)

    (series,) = series_of(backend, "shop.duration")

    (seen,) = series.points
    assert (seen.count, seen.sum, seen.bounds, seen.counts) == (3, 4.5, (1, 2), (1, 1, 1))
    (exemplar,) = series.exemplars
    assert (exemplar.value, exemplar.trace_id, exemplar.span_id) == (2.5, "7".zfill(32), "1".zfill(16))


def test_exponential_histogram_has_its_bounds_written_out(backend: Backend) -> None:
    metric = Metric(name="shop.size")
    point = metric.exponential_histogram.data_points.add(count=6, scale=0, zero_count=1, time_unix_nano=NOON)
    buckets = ExponentialHistogramDataPoint.Buckets
    point.positive.CopyFrom(buckets(offset=1, bucket_counts=[2, 1]))
    point.negative.CopyFrom(buckets(bucket_counts=[2]))
    send_metrics(backend, metric)

    (seen,) = series_of(backend, "shop.size")[0].points

    assert (seen.bounds, seen.counts) == ((-1, 2, 4, 8), (2, 1, 2, 1, 0))


def test_summary_has_quantiles(backend: Backend) -> None:
    metric = Metric(name="shop.old")
    point = metric.summary.data_points.add(count=2, sum=3, time_unix_nano=NOON)
    point.quantile_values.add(quantile=0.5, value=1.5)
    send_metrics(backend, metric)

    assert series_of(backend, "shop.old")[0].points[0].quantiles == ((0.5, 1.5),)


def test_long_range_is_read_evenly_and_not_in_full(backend: Backend) -> None:
    send_metrics(backend, *(counter(step, NOON + step * SECOND) for step in range(2_000)))

    (series,) = series_of(backend, "shop.orders")

    assert 400 < len(series.points) <= 600
    assert series.points[-1].value == pytest.approx(2_000, abs=5)


def test_metrics_are_listed_with_their_number_of_points(backend: Backend) -> None:
    send_metrics(backend, counter(1), counter(2, NOON + 1))
    send_metrics(backend, counter(3), service="stock")

    with reading(backend.viewer._writer.path) as connection:
        listed = [tuple(row) for row in metric_names(connection)]

    assert listed == [
        ("shop", "shop.orders", "sum", "{order}", 2),
        ("stock", "shop.orders", "sum", "{order}", 1),
    ]
