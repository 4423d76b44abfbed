"""Our histograms beside what the SDK collected, in one scope where they share one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from opentelemetry.sdk.metrics.export import Metric, MetricsData, ResourceMetrics, ScopeMetrics
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

ByScope = Mapping[InstrumentationScope, Sequence[Metric]]


def join(collected: MetricsData | None, histograms: ByScope, resource: Resource) -> MetricsData | None:
    """All metrics; None when there are none. `resource` is for when the SDK had nothing to report."""
    if not histograms:
        return collected
    if collected is None or not collected.resource_metrics:
        return MetricsData([ResourceMetrics(resource, _scopes([], histograms), resource.schema_url)])
    first, *others = collected.resource_metrics  # the SDK has one
    return MetricsData([replace(first, scope_metrics=_scopes(first.scope_metrics, histograms)), *others])


def _scopes(collected: Sequence[ScopeMetrics], histograms: ByScope) -> list[ScopeMetrics]:
    left = dict(histograms)
    joined = [replace(each, metrics=[*each.metrics, *left.pop(each.scope, ())]) for each in collected]
    return joined + [ScopeMetrics(scope, metrics, scope.schema_url or "") for scope, metrics in left.items()]
