"""Metric points as they came over the wire, one flat record per point whatever its kind.

Source: opentelemetry-proto, `metrics/v1/metrics.proto`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.metrics.v1 import metrics_pb2

from otelkit.traces.attributes import attributes_of
from otelkit.traces.span import Attributes


@dataclass(frozen=True, kw_only=True)
class Exemplar:
    """A single measurement kept with the span it was made in; ids are hex, empty without a span."""

    value: float
    trace_id: str = ""
    span_id: str = ""


@dataclass(frozen=True, kw_only=True)
class MetricPoint:
    """One point. `kind` is sum, gauge, histogram, exponential_histogram or summary.

    `value` is of sums and gauges; `count`, `total`, `bounds` and `buckets` are of histograms, `count` and
    `total` of summaries and exponential histograms too. Times: nanoseconds since the Unix epoch.
    """

    name: str
    kind: str
    unit: str = ""
    value: float | None = None
    count: int = 0
    total: float = 0.0
    bounds: tuple[float, ...] = ()
    buckets: tuple[int, ...] = ()
    monotonic: bool = False
    temporality: str = ""  # DELTA, CUMULATIVE, or empty where the kind has none
    attributes: Attributes = field(default_factory=dict, hash=False)
    exemplars: tuple[Exemplar, ...] = ()
    start_nanos: int = 0
    time_nanos: int = 0
    resource: Attributes = field(default_factory=dict, hash=False)
    scope: str = ""


def metrics_of(resource_metrics: Iterable[metrics_pb2.ResourceMetrics]) -> list[MetricPoint]:
    """All points of an export request's `resource_metrics`, in their order there."""
    return [
        point
        for group in resource_metrics
        for scoped in group.scope_metrics
        for metric in scoped.metrics
        for point in _points_of(metric, attributes_of(group.resource.attributes), scoped.scope.name)
    ]


def _points_of(metric: metrics_pb2.Metric, resource: Attributes, scope: str) -> Iterator[MetricPoint]:
    kind = metric.WhichOneof("data")
    if kind is None:
        return
    data: Any = getattr(metric, kind)
    for point in data.data_points:
        yield MetricPoint(
            name=metric.name,
            kind=kind,
            unit=metric.unit,
            value=_number_of(point) if kind in ("sum", "gauge") else None,
            count=getattr(point, "count", 0),
            total=getattr(point, "sum", 0.0),
            bounds=tuple(getattr(point, "explicit_bounds", ())),
            buckets=tuple(getattr(point, "bucket_counts", ())),
            monotonic=getattr(data, "is_monotonic", False),
            temporality=_temporality_of(data),
            attributes=attributes_of(point.attributes),
            exemplars=tuple(_exemplar_of(exemplar) for exemplar in getattr(point, "exemplars", ())),
            start_nanos=point.start_time_unix_nano,
            time_nanos=point.time_unix_nano,
            resource=resource,
            scope=scope,
        )


def _number_of(point: metrics_pb2.NumberDataPoint | metrics_pb2.Exemplar) -> float:
    return point.as_int if point.WhichOneof("value") == "as_int" else point.as_double


def _temporality_of(data: Any) -> str:
    if not hasattr(data, "aggregation_temporality"):
        return ""
    name = metrics_pb2.AggregationTemporality.Name(data.aggregation_temporality)
    return name.removeprefix("AGGREGATION_TEMPORALITY_")


def _exemplar_of(exemplar: metrics_pb2.Exemplar) -> Exemplar:
    return Exemplar(
        value=_number_of(exemplar), trace_id=exemplar.trace_id.hex(), span_id=exemplar.span_id.hex()
    )
