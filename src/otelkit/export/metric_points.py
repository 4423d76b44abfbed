"""MetricsData as a flat list of points, and back.

The SDK hands metrics over as a tree; a list can be counted and halved like spans and logs.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, NamedTuple

from opentelemetry.sdk.metrics.export import DataPointT, Metric, MetricsData, ResourceMetrics, ScopeMetrics


class Point(NamedTuple):
    """One data point with the branches that it hangs on."""

    resource: ResourceMetrics
    scope: ScopeMetrics
    metric: Metric
    data_point: DataPointT


def points_of(data: MetricsData) -> list[Point]:
    """All data points, in the order of the tree."""
    return [
        Point(resource, scope, metric, data_point)
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for data_point in metric.data.data_points
    ]


def tree_of(points: Sequence[Point]) -> MetricsData:
    """Build the tree of neighbouring points that share their branches."""
    return MetricsData(
        [_resource(list(some)) for _, some in groupby(points, lambda point: id(point.resource))]
    )


def _resource(points: list[Point]) -> ResourceMetrics:
    scopes = [_scope(list(some)) for _, some in groupby(points, lambda point: id(point.scope))]
    return replace(points[0].resource, scope_metrics=scopes)


def _scope(points: list[Point]) -> ScopeMetrics:
    metrics = [_metric(list(some)) for _, some in groupby(points, lambda point: id(point.metric))]
    return replace(points[0].scope, metrics=metrics)


def _metric(points: list[Point]) -> Metric:
    metric = points[0].metric
    data_points: Any = [point.data_point for point in points]  # of the one kind that this metric has
    return replace(metric, data=replace(metric.data, data_points=data_points))
