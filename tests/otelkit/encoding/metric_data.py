"""Collections made by hand, and what the two encoders make of them."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.common import metrics_encoder
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1 import metrics_pb2 as pb
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

from otelkit.encoding.metrics import encode_metrics

DELTA, CUMULATIVE = AggregationTemporality.DELTA, AggregationTemporality.CUMULATIVE
START, NOW = 1_790_000_000_000_000_000, 1_790_000_010_000_000_000
IN_SPAN = Exemplar({"user.tier": "gold"}, 0.75, NOW - 5, span_id=0x1234, trace_id=0xABCDEF)
SHOP = InstrumentationScope("shop", "1.2", "https://example.com/1", {"library.kind": "test"})
RESOURCE = Resource({"service.name": "shop"}, "https://opentelemetry.io/schemas/1.44.0")
ORDERS: dict[str, Any] = {"order.kind": "book", "http.response.status_code": 200}


def number(value: Any, *, start: Any = START, exemplars: Sequence[Exemplar] = ()) -> NumberDataPoint:
    return NumberDataPoint(ORDERS, start, NOW, value, exemplars)


def histogram(**other: Any) -> HistogramDataPoint:
    usual: dict[str, Any] = {
        "attributes": ORDERS, "start_time_unix_nano": START, "time_unix_nano": NOW, "count": 3, "sum": 7.5,
        "bucket_counts": (1, 2, 0), "explicit_bounds": (1.0, 5.0), "min": 0.5, "max": 4,
        "exemplars": [IN_SPAN],
    }  # fmt: skip
    return HistogramDataPoint(**(usual | other))


def exponential(**other: Any) -> ExponentialHistogramDataPoint:
    usual: dict[str, Any] = {
        "attributes": ORDERS, "start_time_unix_nano": START, "time_unix_nano": NOW, "count": 9, "sum": -2.5,
        "scale": -3, "zero_count": 1, "positive": Buckets(-4, [1, 0, 300]), "negative": Buckets(0, []),
        "flags": 1, "min": -9.0, "max": 4.0, "exemplars": [IN_SPAN],
    }  # fmt: skip
    return ExponentialHistogramDataPoint(**(usual | other))


def metric(data: Any, name: str = "shop.orders") -> Metric:
    return Metric(name, "Orders taken", "{order}", data)


def collection(*metrics: Metric) -> MetricsData:
    return MetricsData([ResourceMetrics(RESOURCE, [ScopeMetrics(SHOP, metrics, "")], "")])


def a_sum(*points: NumberDataPoint) -> MetricsData:
    return collection(metric(Sum(points, CUMULATIVE, is_monotonic=True)))


ONE_OF_EACH = {
    "gauge": collection(metric(Gauge([number(-1.5, start=None)]))),
    "sum": a_sum(number(7, exemplars=[Exemplar({}, 3, NOW, 1, 2)])),
    "histogram": collection(metric(Histogram([histogram()], DELTA))),
    "exponential histogram": collection(metric(ExponentialHistogram([exponential()], CUMULATIVE))),
}


def one_histogram(**fields: Any) -> MetricsData:
    return collection(metric(Histogram([histogram(**fields)], DELTA)))


def one_exponential(**fields: Any) -> MetricsData:
    return collection(metric(ExponentialHistogram([exponential(**fields)], DELTA)))


def ours(data: MetricsData) -> ExportMetricsServiceRequest:
    return ExportMetricsServiceRequest.FromString(encode_metrics(data))


def by_the_sdk(data: MetricsData) -> ExportMetricsServiceRequest:
    return metrics_encoder.encode_metrics(data)


Encoded = Callable[[MetricsData], ExportMetricsServiceRequest]
UPSTREAM = pytest.mark.xfail(strict=True, reason="opentelemetry-exporter-otlp-proto-common 1.45.2")
both_encoders = pytest.mark.parametrize(
    "encoded", [pytest.param(by_the_sdk, marks=UPSTREAM, id="sdk"), pytest.param(ours, id="ours")]
)


def metrics_in(request: ExportMetricsServiceRequest) -> list[pb.Metric]:
    return [m for r in request.resource_metrics for s in r.scope_metrics for m in s.metrics]


def points_in(request: ExportMetricsServiceRequest) -> list[Any]:
    return [p for m in metrics_in(request) for p in getattr(m, m.WhichOneof("data") or "gauge").data_points]
