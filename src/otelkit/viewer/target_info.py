"""The series `target_info`: what else a resource says of itself, for joining with by `job` and `instance`.

Convention: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#resource-attributes-1
"""

import sqlite3
from collections.abc import Iterable, Sequence

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from otelkit.viewer.log_labels import text_of
from otelkit.viewer.matchers import Matcher
from otelkit.viewer.metric_labels import NAME, LabelledSeries, job_and_instance, joined_labels

TARGET_INFO = "target_info"
_IDENTIFYING = ("service.name", "service.namespace", "service.instance.id")
_RESOURCES = "SELECT id, body FROM origins WHERE service IS NOT NULL"
_TIMES = (
    "SELECT DISTINCT resource, time_nanos FROM metrics WHERE time_nanos BETWEEN ? AND ? ORDER BY time_nanos"
)


def target_series(
    connection: sqlite3.Connection, matchers: Sequence[Matcher], times: tuple[int, int]
) -> Iterable[LabelledSeries]:
    """One for each resource that sent metrics between two times."""
    if not all(each.accepts(TARGET_INFO) for each in matchers if each.name == NAME):
        return ()
    found = {}
    for number, body in connection.execute(_RESOURCES):
        labels = _labels(body)
        if labels and all(each.accepts(labels.get(each.name, "")) for each in matchers):
            found[number] = LabelledSeries(labels)
    for resource, time in connection.execute(_TIMES, times) if found else ():
        if resource in found:
            found[resource].samples.append((time, 1.0))
    return (series for series in found.values() if series.samples)


def _labels(body: bytes) -> dict[str, str]:
    pairs = ResourceSpans.FromString(body).resource.attributes
    given = {pair.key: text_of(pair.value) for pair in pairs}
    target = job_and_instance(given)
    others = joined_labels({key: value for key, value in given.items() if key not in _IDENTIFYING})
    return {**others, **target, NAME: TARGET_INFO} if target and others else {}
