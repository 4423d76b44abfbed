"""MetricsData of all shapes that the SDK's encoder writes without loss."""

from typing import Any

from hypothesis import strategies as st
from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Buckets,
    ExponentialHistogram,
    ExponentialHistogramDataPoint,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from .generated import attributes, int64s, near_powers, resources, scopes, texts, times

uint64s = st.integers(0, 300) | st.integers(0, 2**64 - 1)
int32s = st.integers(-40, 40) | st.integers(-(2**31), 2**31 - 1)
numbers = int64s | near_powers | st.floats()
moments: st.SearchStrategy[Any] = times
sums: st.SearchStrategy[Any] = numbers | st.none()
counts = st.lists(st.integers(0, 127) | st.just(128), max_size=160) | st.lists(uint64s, max_size=20)
temporalities = st.sampled_from(AggregationTemporality)
# Attributes and their values have their own proof; here it is enough that some of all kinds are there.
plain_attributes: st.SearchStrategy[Any] = (
    st.sampled_from([None, {}, {"a": 1}, {"a": True}, {"a": 1.0}, {"b": "x", "c": [1, "y"]}]) | attributes
)

exemplars = st.builds(
    Exemplar, filtered_attributes=st.just({}) | plain_attributes, value=numbers, time_unix_nano=times,
    span_id=st.integers(0, 2**64 - 1) | st.none(), trace_id=st.integers(0, 2**128 - 1) | st.none(),
)  # fmt: skip
some_exemplars = st.just(()) | st.lists(exemplars, max_size=3)
# The smaller first: the SDK says by a minimum over the maximum that it has neither.
extremes: st.SearchStrategy[tuple[Any, Any]] = st.sampled_from(
    [(None, None), (None, 1.5), (0, None), (float("nan"), 1.0)]
) | st.tuples(numbers, numbers).map(lambda pair: (min(pair), max(pair)))


def number_points(starts: st.SearchStrategy[int | None]) -> st.SearchStrategy[NumberDataPoint]:
    return st.builds(NumberDataPoint, plain_attributes, starts, times, numbers, some_exemplars)


@st.composite
def histogram_points(draw: st.DrawFn) -> HistogramDataPoint:
    low, high = draw(extremes)
    return HistogramDataPoint(
        draw(plain_attributes), draw(moments), draw(moments), draw(uint64s), draw(sums),
        draw(counts | counts.map(tuple)), draw(st.lists(numbers, max_size=30)), low, high,
        draw(some_exemplars),
    )  # fmt: skip


@st.composite
def exponential_points(draw: st.DrawFn) -> ExponentialHistogramDataPoint:
    low, high = draw(extremes)
    buckets = st.builds(Buckets, int32s, counts)
    return ExponentialHistogramDataPoint(
        draw(plain_attributes), draw(moments), draw(moments), draw(uint64s), draw(sums),
        draw(int32s), draw(uint64s), draw(buckets), draw(buckets), draw(st.integers(0, 2**32 - 1)),
        low, high, draw(some_exemplars),
    )  # fmt: skip


def some(points: st.SearchStrategy[object]) -> st.SearchStrategy[list[object]]:
    return st.lists(points, max_size=3)


data = (
    st.builds(Gauge, some(number_points(st.sampled_from([None, 0]))))
    | st.builds(Sum, some(number_points(times)), temporalities, st.booleans())
    | st.builds(Histogram, some(histogram_points()), temporalities)
    | st.builds(ExponentialHistogram, some(exponential_points()), temporalities)
)
metrics = st.builds(Metric, texts, texts | st.none(), texts | st.none(), data)


@st.composite
def collections(draw: st.DrawFn) -> MetricsData:
    """One or two resources with as many scopes, none equal to another: the SDK's encoder drops equal ones."""
    return MetricsData([draw(_resource_metrics(number)) for number in range(draw(st.integers(1, 2)))])


@st.composite
def _resource_metrics(draw: st.DrawFn, number: int) -> ResourceMetrics:
    drawn = draw(resources)
    resource = Resource({**drawn.attributes, "number": number}, drawn.schema_url)
    scopes_ = [draw(_scope_metrics(each)) for each in range(draw(st.integers(1, 2)))]
    return ResourceMetrics(resource, scopes_, resource.schema_url)


@st.composite
def _scope_metrics(draw: st.DrawFn, number: int) -> ScopeMetrics:
    drawn = draw(scopes)
    scope = InstrumentationScope(f"{number}{drawn.name}", drawn.version, drawn.schema_url, drawn.attributes)
    return ScopeMetrics(scope, draw(st.lists(metrics, max_size=3)), scope.schema_url or "")
