"""Series of Prometheus out of stored metrics: those that matchers select, with their samples or exemplars."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from otelkit.viewer.database import check_deadline
from otelkit.viewer.matchers import Matcher
from otelkit.viewer.metric_labels import NAME, LabelledSeries, LabelMaker
from otelkit.viewer.metric_samples import bucket_of, names_of, samples_of
from otelkit.viewer.points import exemplars_of
from otelkit.viewer.target_info import TARGET_INFO, target_series

_LAST = "SELECT body FROM metrics WHERE family = ? ORDER BY time_nanos DESC LIMIT 1"
# In the order of an index: for sorting the bodies the disk may have no room.
_MESSAGES = """SELECT resource, body FROM metrics WHERE family IN (SELECT value FROM json_each(?))
AND time_nanos BETWEEN ? AND ? ORDER BY family, time_nanos"""
_LATEST = """SELECT resource, body FROM metrics WHERE id IN (
    SELECT max(id) FROM metrics WHERE family IN (SELECT value FROM json_each(?))
    AND time_nanos BETWEEN ? AND ? GROUP BY family, resource, scope)"""
_MOST_SAMPLES = 500_000  # 75 MB
_TOO_MANY = "query processing would load too many samples into memory: narrow it by labels or time"
Key = tuple[tuple[str, str], ...]


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
    labels_of, named = LabelMaker(connection), _Named(matchers)
    for resource, body in connection.execute(_LATEST if latest else _MESSAGES, (families, *times)):
        check_deadline()
        for message, every in samples_of(Metric.FromString(body)):
            samples = [each for each in every if named(each.metric)]
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
    for series in found.values():
        series.samples.sort()  # of a metric that changed its kind they come from two families
    return [*(found[key] for key in sorted(found)), *target_series(connection, matchers, times)]


def metric_names_of(connection: sqlite3.Connection) -> list[str]:
    """Names that series have; whether a sum is a counter stands in its last message."""
    found = {TARGET_INFO} if connection.execute("SELECT 1 FROM metrics LIMIT 1").fetchone() else set()
    for number, *family in connection.execute("SELECT id, name, kind, unit FROM families").fetchall():
        names = names_of(*family)
        if family[1] == "sum":
            body = connection.execute(_LAST, (number,)).fetchone()
            names = names[1:] if body and Metric.FromString(body[0]).sum.is_monotonic else names[:1]
        found.update(names)
    return sorted(found)


def _families(connection: sqlite3.Connection, matchers: Iterable[Matcher]) -> Iterator[int]:
    accepts = _Named(matchers)
    on_service = [each for each in matchers if each.name == "service_name"]
    for number, service, *family in connection.execute("SELECT id, service, name, kind, unit FROM families"):
        if any(accepts(name) for name in names_of(*family)) and all(
            each.accepts(service) for each in on_service
        ):
            yield number


class _Named:
    """Whether matchers accept a metric's name; each is asked once."""

    def __init__(self, matchers: Iterable[Matcher]) -> None:
        self._matchers = [each for each in matchers if each.name == NAME]
        self._known: dict[str, bool] = {}

    def __call__(self, name: str) -> bool:
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = all(each.accepts(name) for each in self._matchers)
        return known
