"""Series of Prometheus out of stored metrics: those that matchers select, with their samples or exemplars."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from otelkit.viewer.label_names import label_name
from otelkit.viewer.log_labels import Labels, text_of
from otelkit.viewer.matchers import Matcher
from otelkit.viewer.metric_samples import bucket_of, names_of, samples_of
from otelkit.viewer.points import Exemplar, exemplars_of

NAME = "__name__"
_PROMOTED = (
    "service.name",
    "service.namespace",
    "service.version",
    "service.instance.id",
    "deployment.environment.name",
)
_MESSAGES = """SELECT resource, body FROM metrics WHERE family IN (SELECT value FROM json_each(?))
AND time_nanos BETWEEN ? AND ? ORDER BY time_nanos"""
_LATEST = """SELECT resource, body FROM metrics WHERE id IN (
    SELECT max(id) FROM metrics WHERE family IN (SELECT value FROM json_each(?))
    AND time_nanos BETWEEN ? AND ? GROUP BY family, resource, scope)"""
_MOST_SAMPLES = 1_000_000
_TOO_MANY = "query processing would load too many samples into memory: narrow it by labels or time"
Key = tuple[tuple[str, str], ...]


@dataclass
class LabelledSeries:
    """Samples are pairs of nanoseconds and value, in order of time."""

    labels: Labels
    samples: list[tuple[int, float]] = field(default_factory=list)
    exemplars: list[Exemplar] = field(default_factory=list)


def select_series(
    connection: sqlite3.Connection,
    matchers: Sequence[Matcher],
    times: tuple[int, int],
    *,
    latest: bool = False,
) -> list[LabelledSeries]:
    """Series with samples between two times; with `latest` only those of each sender's last message."""
    found: dict[Key, LabelledSeries] = {}
    left = _MOST_SAMPLES
    families = json.dumps(list(_families(connection, matchers)))
    labels_of = _LabelMaker(connection)
    for resource, body in connection.execute(_LATEST if latest else _MESSAGES, (families, *times)):
        for message, samples in samples_of(Metric.FromString(body)):
            left -= len(samples)
            if left < 0:
                raise ValueError(_TOO_MANY)
            base = labels_of(resource, message.attributes)
            wanted = {}
            for sample in samples:
                labels = base | {NAME: sample.metric} | dict([sample.label] if sample.label else [])
                if all(each.accepts(labels.get(each.name, "")) for each in matchers):
                    series = found.setdefault(tuple(sorted(labels.items())), LabelledSeries(labels))
                    series.samples.append((message.time_unix_nano, sample.value))
                    wanted[labels.get("le", "")] = series
            for exemplar in exemplars_of(message):
                if (owner := wanted.get(bucket_of(message, exemplar.value))) is not None:
                    owner.exemplars.append(exemplar)
    return [found[key] for key in sorted(found)]


def metric_names_of(connection: sqlite3.Connection) -> list[str]:
    """Names that series may have."""
    rows = connection.execute("SELECT DISTINCT name, kind, unit FROM families")
    return sorted({name for row in rows for name in names_of(*row)})


def _families(connection: sqlite3.Connection, matchers: Iterable[Matcher]) -> Iterator[int]:
    on_name = [each for each in matchers if each.name == NAME]
    on_service = [each for each in matchers if each.name == "service_name"]
    for number, service, *family in connection.execute("SELECT id, service, name, kind, unit FROM families"):
        named = any(all(each.accepts(name) for each in on_name) for name in names_of(*family))
        if named and all(each.accepts(service) for each in on_service):
            yield number


class _LabelMaker:
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
            own = _joined({pair.key: text_of(pair.value) for pair in attributes})
            fixed = {name: of_resource[name] for name in ("job", "instance") if name in of_resource}
            labels = self._known[key] = of_resource | own | fixed
        return labels

    def _of_resource(self, number: int) -> Labels:
        row = self._connection.execute("SELECT body FROM origins WHERE id = ?", (number,)).fetchone()
        pairs = ResourceSpans.FromString(row[0]).resource.attributes if row else ()
        given = {pair.key: text_of(pair.value) for pair in pairs}
        job = "/".join(filter(None, (given.get("service.namespace"), given.get("service.name"))))
        labels = {"job": job, "instance": given.get("service.instance.id", "")}
        labels |= {label_name(key): given.get(key, "") for key in _PROMOTED}
        return {name: value for name, value in labels.items() if value}


def _joined(attributes: Mapping[str, str]) -> Labels:
    """Labels of attributes; values of keys that become the same are joined by a semicolon."""
    labels: Labels = {}
    for key in sorted(attributes):
        name = label_name(key)
        if name and key != NAME and attributes[key]:
            labels[name] = f"{labels[name]};{attributes[key]}" if name in labels else attributes[key]
    return labels
