"""Families: all samples of one name, from all scopes, under one TYPE.

The same name in another type, or one that another family takes (`x_total` beside the counter `x`), would
make the whole page unreadable, so such a metric is left out and told once. Series that become the same by
renaming are told as well, and the first stays. A conflicting HELP is dropped silently: nothing is lost.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.sdk.metrics.export import Metric, MetricsData
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otelkit.openmetrics.labels import Labels, labels_of
from otelkit.openmetrics.names import family_name, unit_word
from otelkit.openmetrics.samples import SUFFIXES, Sample, samples_of, type_of

Tell = Callable[[str], None]


@dataclass
class Family:
    """One name with its type, unit, help and the samples of each series."""

    name: str
    type: str
    unit: str
    help: str
    series: dict[Labels, list[Sample]] = field(default_factory=dict)


def families_of(data: MetricsData | None, tell: Tell) -> list[Family]:
    """All families of a collection, the resource as `target` first; `tell` hears of what is left out."""
    found: dict[str, Family] = {}
    taken: dict[str, str] = {}
    for group in data.resource_metrics if data else ():
        if not found:
            target = _target(group.resource)
            found[target.name] = target
            taken |= dict.fromkeys((target.name, "target_info"), target.name)
        for scoped in group.scope_metrics:
            labels = _scope_labels(scoped.scope)
            for metric in scoped.metrics:
                if (family := _family(metric, found, taken, tell)) is not None:
                    _add(family, metric, labels, tell)
    return list(found.values())


def _target(resource: Resource) -> Family:
    labels = labels_of(resource.attributes)
    return Family("target", "info", "", "Target metadata", {labels: [Sample("_info", labels, "1")]})


def _scope_labels(scope: InstrumentationScope) -> dict[str, object]:
    attributes: Mapping[str, Any] = scope.attributes or {}
    return {
        **{f"otel_scope_{key}": value for key, value in attributes.items()},
        "otel_scope_name": scope.name,
        "otel_scope_version": scope.version or "",
        "otel_scope_schema_url": scope.schema_url or "",
    }


def _family(metric: Metric, found: dict[str, Family], taken: dict[str, str], tell: Tell) -> Family | None:
    kind = type_of(metric.data)
    if kind is None:
        tell(f"metric {metric.name!r}: {type(metric.data).__name__} has no text form")
        return None
    unit = unit_word(metric.unit or "", is_gauge=kind == "gauge")
    name = family_name(metric.name, unit, is_counter=kind == "counter")
    family = found.get(name)
    if family is not None and family.type == kind:
        return family
    names = (name, *(name + suffix for suffix in SUFFIXES[kind]))
    if other := next((taken[each] for each in names if each in taken), None):
        tell(f"metric {metric.name!r} ({kind}): its name is taken by {other!r} of another type")
        return None
    taken |= dict.fromkeys(names, name)
    unit = unit if unit and name.endswith(f"_{unit}") else ""  # OpenMetrics: a unit ends the name
    return found.setdefault(name, Family(name, kind, unit, metric.description or ""))


def _add(family: Family, metric: Metric, scope: dict[str, object], tell: Tell) -> None:
    for labels, samples in _series(family, metric, scope):
        if labels in family.series:
            tell(f"metric {metric.name!r}: two series become {dict(labels)}")
        elif not samples:
            tell(f"metric {metric.name!r}: a counter below zero, or not a number")
        else:
            family.series[labels] = samples


def _series(
    family: Family, metric: Metric, scope: dict[str, object]
) -> Iterator[tuple[Labels, list[Sample]]]:
    for point in metric.data.data_points:
        yield samples_of(family.type, point, scope)
