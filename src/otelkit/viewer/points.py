"""Data points of the five kinds of metrics as plain values."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    ExponentialHistogramDataPoint,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    SummaryDataPoint,
)

DataPoint = NumberDataPoint | HistogramDataPoint | ExponentialHistogramDataPoint | SummaryDataPoint
_TEMPORALITIES = {
    AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA: "delta",
    AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE: "cumulative",
}


@dataclass(frozen=True)
class Point:
    """One moment of a series.

    `value` is a number's, else None. Of a histogram `counts` are those of each bucket and `bounds` the upper
    ends of all but the last, which has none. `quantiles` are a summary's pairs of quantile and value.
    """

    time_nanos: int
    start_nanos: int = 0
    value: float | None = None
    count: int = 0
    sum: float = 0.0
    bounds: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    quantiles: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Exemplar:
    """One measurement with the span that made it; ids are hex."""

    time_nanos: int
    value: float
    trace_id: str
    span_id: str


def point_of(message: DataPoint) -> Point:
    """A data point as plain values."""
    times = (message.time_unix_nano, message.start_time_unix_nano)
    match message:
        case NumberDataPoint():
            return Point(*times, value=_number(message))
        case HistogramDataPoint():
            parts = (tuple(message.explicit_bounds), tuple(message.bucket_counts))
        case ExponentialHistogramDataPoint():
            parts = _explicit(message)
        case _:
            quantiles = tuple((each.quantile, each.value) for each in message.quantile_values)
            return Point(*times, count=message.count, sum=message.sum, quantiles=quantiles)
    return Point(*times, count=message.count, sum=message.sum, bounds=parts[0], counts=parts[1])


def exemplars_of(message: DataPoint) -> Iterator[Exemplar]:
    """Exemplars of a data point that name a trace."""
    for each in getattr(message, "exemplars", ()):
        if any(each.trace_id):
            value = float(each.as_int if each.WhichOneof("value") == "as_int" else each.as_double)
            yield Exemplar(each.time_unix_nano, value, each.trace_id.hex(), each.span_id.hex())


def data_points_of(metric: Metric) -> Sequence[DataPoint]:
    """Data points of whatever kind a metric has."""
    kind = metric.WhichOneof("data")
    return getattr(metric, kind).data_points if kind else ()


def temporality_of(metric: Metric) -> str:
    """Delta, cumulative, or nothing for kinds that have none."""
    kind = metric.WhichOneof("data")
    temporality = getattr(getattr(metric, kind), "aggregation_temporality", None) if kind else None
    return "" if temporality is None else _TEMPORALITIES.get(temporality, "")


def _number(message: NumberDataPoint) -> float:
    return float(message.as_int if message.WhichOneof("value") == "as_int" else message.as_double)


def _explicit(message: ExponentialHistogramDataPoint) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Bounds and counts of exponential buckets: negative ones, zero, positive ones."""
    bounds: list[float] = []
    counts: list[int] = []
    below = list(message.negative.bucket_counts)
    for place in range(len(below) - 1, -1, -1):
        bounds.append(-_bound(message.scale, message.negative.offset + place))
        counts.append(below[place])
    above = message.positive.bucket_counts
    bounds.append(_bound(message.scale, message.positive.offset) if above else message.zero_threshold)
    counts.append(message.zero_count)
    for place, count in enumerate(above):
        bounds.append(_bound(message.scale, message.positive.offset + place + 1))
        counts.append(count)
    return tuple(bounds), (*counts, 0)


def _bound(scale: int, index: int) -> float:
    """Lower end of a bucket: base to the power of its index, as large as a float can be."""
    try:
        return float(2.0 ** math.ldexp(index, -scale))
    except OverflowError:
        return math.inf
