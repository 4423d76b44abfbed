"""What a reader of this process's metrics finds, by name and attributes."""

from typing import Any

from opentelemetry.sdk.metrics.export import InMemoryMetricReader, Metric, Sum

Attributes = tuple[tuple[str, Any], ...]


def metrics_of(reader: InMemoryMetricReader) -> dict[str, Metric]:
    data = reader.get_metrics_data()
    groups = data.resource_metrics if data else ()
    return {
        metric.name: metric for group in groups for scope in group.scope_metrics for metric in scope.metrics
    }


def values_of(metric: Metric) -> dict[Attributes, float]:
    assert isinstance(metric.data, Sum)
    return {tuple((point.attributes or {}).items()): float(point.value) for point in metric.data.data_points}


def value_of(metric: Metric) -> float:
    (value,) = values_of(metric).values()
    return value
