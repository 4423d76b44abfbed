"""Data points as samples of Prometheus: each histogram is many series, one for each `le`, a sum and a count.

Written after Prometheus' `storage/remote/otlptranslator/prometheusremotewrite`. Metrics of delta temporality
are left out, as Mimir does, and exponential histograms too, which Mimir keeps as native ones.
"""

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    DataPointFlags,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    SummaryDataPoint,
)

from otelkit.viewer.metric_names import metric_name
from otelkit.viewer.points import DataPoint, data_points_of, point_of, temporality_of

_NO_VALUE = DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK


class Sample(NamedTuple):
    """One value of one series: its metric, the label that tells it from its siblings, and the value.

    The value is NaN where the sender says that there is none any more.
    """

    metric: str
    label: tuple[str, str] | None
    value: float


def names_of(name: str, kind: str, unit: str) -> list[str]:
    """All names that series of a metric may have; a sum may be a counter or not."""
    plain = metric_name(name, unit, is_gauge=kind == "gauge")
    match kind:
        case "sum":
            return [plain, metric_name(name, unit, is_counter=True)]
        case "histogram":
            return [f"{plain}_bucket", f"{plain}_count", f"{plain}_sum"]
        case "summary":
            return [plain, f"{plain}_count", f"{plain}_sum"]
        case "gauge":
            return [plain]
        case _:
            return []


def samples_of(metric: Metric) -> Iterator[tuple[DataPoint, list[Sample]]]:
    """Each data point with its samples."""
    kind = metric.WhichOneof("data")
    if kind == "exponential_histogram" or temporality_of(metric) == "delta":
        return
    counter = kind == "sum" and metric.sum.is_monotonic
    name = metric_name(metric.name, metric.unit, is_counter=counter, is_gauge=kind == "gauge")
    for message in data_points_of(metric):
        samples = _samples(name, message)
        if message.flags & _NO_VALUE:
            samples = [each._replace(value=math.nan) for each in samples]
        yield message, samples


def _samples(name: str, message: DataPoint) -> list[Sample]:
    point = point_of(message)
    match message:
        case NumberDataPoint():
            return [Sample(name, None, point.value or 0.0)]
        case SummaryDataPoint():
            found = [Sample(name, ("quantile", plain_number(q)), value) for q, value in point.quantiles]
            return [
                *found,
                Sample(f"{name}_sum", None, point.sum),
                Sample(f"{name}_count", None, point.count),
            ]
        case HistogramDataPoint():
            found = [Sample(f"{name}_sum", None, point.sum)] if message.HasField("sum") else []
            found.append(Sample(f"{name}_count", None, point.count))
            below = 0
            for bound, count in zip(point.bounds, point.counts, strict=False):
                below += count
                found.append(Sample(f"{name}_bucket", ("le", plain_number(bound)), below))
            return [*found, Sample(f"{name}_bucket", ("le", "+Inf"), point.count)]
        case _:
            return []


def bucket_of(message: DataPoint, value: float) -> str:
    """The `le` of the bucket that a value lies in; empty for what has no buckets."""
    if not isinstance(message, HistogramDataPoint):
        return ""
    bounds = (bound for bound in message.explicit_bounds if value <= bound)
    return plain_number(next(bounds, math.inf))


def plain_number(number: float) -> str:
    """A number as Go's shortest form without an exponent."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else ("+Inf" if number > 0 else "-Inf")
    return f"{Decimal(repr(float(number))).normalize():f}"
