"""Labels of Prometheus that data points have, as Mimir makes them of OTLP."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from otelkit.viewer.label_names import label_name
from otelkit.viewer.log_labels import Labels, text_of
from otelkit.viewer.points import Exemplar

NAME = "__name__"
_PROMOTED = (
    "service.name",
    "service.namespace",
    "service.version",
    "service.instance.id",
    "deployment.environment.name",
)


@dataclass
class LabelledSeries:
    """Samples are pairs of nanoseconds and value, in order of time."""

    labels: Labels
    samples: list[tuple[int, float]] = field(default_factory=list)
    exemplars: list[Exemplar] = field(default_factory=list)


def job_and_instance(resource: Mapping[str, str]) -> Labels:
    """The two labels that name what is scraped; of OTLP they are made of the service's attributes."""
    job = "/".join(filter(None, (resource.get("service.namespace"), resource.get("service.name"))))
    labels = {"job": job, "instance": resource.get("service.instance.id", "")}
    return {name: value for name, value in labels.items() if value}


class LabelMaker:
    """Labels of a data point but its name: its attributes, those promoted of its resource, job, instance."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._resources: dict[int, Labels] = {}
        self._known: dict[tuple[int, bytes], Labels] = {}

    def __call__(self, resource: int, attributes: Sequence[KeyValue]) -> Labels:
        key = (resource, b"".join(pair.SerializeToString() for pair in attributes))
        labels = self._known.get(key)
        if labels is None:
            if resource not in self._resources:
                self._resources[resource] = self._of_resource(resource)
            of_resource = self._resources[resource]
            own = joined_labels({pair.key: text_of(pair.value) for pair in attributes})
            fixed = {name: of_resource[name] for name in ("job", "instance") if name in of_resource}
            labels = self._known[key] = of_resource | own | fixed
        return labels

    def _of_resource(self, number: int) -> Labels:
        row = self._connection.execute("SELECT body FROM origins WHERE id = ?", (number,)).fetchone()
        pairs = ResourceSpans.FromString(row[0]).resource.attributes if row else ()
        given = {pair.key: text_of(pair.value) for pair in pairs}
        promoted = {label_name(key): given[key] for key in _PROMOTED if given.get(key)}
        return promoted | job_and_instance(given)


def joined_labels(attributes: Mapping[str, str]) -> Labels:
    """Labels of attributes; values of keys that become the same are joined by a semicolon."""
    labels: Labels = {}
    for key in sorted(attributes):
        name = label_name(key)
        if name and key != NAME and attributes[key]:
            labels[name] = f"{labels[name]};{attributes[key]}" if name in labels else attributes[key]
    return labels
