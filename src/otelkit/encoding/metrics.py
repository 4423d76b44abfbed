"""Metrics as ExportMetricsServiceRequest, straight from the SDK's MetricsData.

Role: `encode_metrics` gives one request; `encode_metric_requests` as many as keep a size. Decision: what
cannot be encoded is lost alone, a point or the data of a metric, and counted; nothing raises for its content.
The SDK's encoder raises, and of equal resources or scopes it drops all but the last.
Convention: opentelemetry-proto 1.x, metrics.proto.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from opentelemetry.sdk.metrics.export import Metric, MetricsData, ResourceMetrics, ScopeMetrics

from otelkit.encoding.address import Address, Origin, find_address
from otelkit.encoding.metric_fields import Encode, data_tail, encoder_of, metric_head
from otelkit.encoding.metric_requests import MAX_REQUEST_BYTES, Request, Run, request_of, requests_of
from otelkit.encoding.wire import LENGTH, VARINTS, tag, varint

_DATA_POINTS = tag(1, LENGTH)  # of every kind of data


class MetricRequests(NamedTuple):
    """Requests in the order of their points, the count of points lost, and why the last one was."""

    requests: list[Request]
    lost_points: int
    reason: str


def encode_metrics(data: MetricsData) -> bytes:
    """Encode all of a collection as one request; what cannot be encoded is left out."""
    return request_of(_Walk().runs_of(data)).data


def encode_metric_requests(data: MetricsData, max_bytes: int = MAX_REQUEST_BYTES) -> MetricRequests:
    """Encode a collection as requests of at most `max_bytes`, where no point is larger by itself.

    Without points there is no request.
    """
    walk = _Walk()
    runs = walk.runs_of(data)
    return MetricRequests(requests_of(runs, max_bytes), walk.lost_points, walk.reason)


class _Walk:
    """One way through a collection, with the count of what was lost on it."""

    def __init__(self) -> None:
        self.lost_points = 0
        self.reason = ""

    def runs_of(self, data: MetricsData) -> list[Run]:
        parts = self._parts(data, "resource_metrics")
        return [run for resource_metrics in parts for run in self._resource_runs(resource_metrics)]

    def _resource_runs(self, resource_metrics: ResourceMetrics) -> Iterator[Run]:
        origin: Origin | None = None
        for scope_metrics in self._parts(resource_metrics, "scope_metrics"):
            try:
                address = find_address(resource_metrics.resource, scope_metrics.scope)
            except Exception as error:  # noqa: BLE001 - a foreign resource or scope raises what it likes
                self._lose(error, _count_points(scope_metrics))
                continue
            origin = origin or address.origin
            if address.origin is not origin:  # addresses were forgotten meanwhile; still this is one resource
                address = replace(address, origin=origin)
            yield Run(address)
            for metric in self._parts(scope_metrics, "metrics"):
                yield self._run(address, metric)

    def _parts(self, whole: object, name: str) -> list[Any]:
        try:
            return list(getattr(whole, name))
        except Exception as error:  # noqa: BLE001 - a foreign collection raises what it likes
            self._lose(error)
            return []

    def _run(self, address: Address, metric: Metric) -> Run:
        head = None
        try:
            head = metric_head(metric)
            data_tag, encode = encoder_of(metric.data)
            points = self._points(encode, metric.data.data_points)
            return Run(address, head, data_tag, data_tail(metric.data), points)
        except Exception as error:  # noqa: BLE001 - a foreign metric raises what it likes; the others go on
            self._lose(error)
            return Run(address, head)

    def _points(self, encode: Encode, points: Iterable[Any]) -> list[bytes]:
        fields = []
        for point in points:
            try:
                body = encode(point)
            except Exception as error:  # noqa: BLE001 - as above, for a point
                self._lose(error)
            else:
                size = len(body)
                fields.append(_DATA_POINTS + (VARINTS[size] if size < len(VARINTS) else varint(size)) + body)
        return fields

    def _lose(self, error: Exception, points: int = 1) -> None:
        self.lost_points += points
        self.reason = f"{type(error).__name__}: {error}"


def _count_points(scope_metrics: ScopeMetrics) -> int:
    try:
        return sum(len(metric.data.data_points) for metric in scope_metrics.metrics)
    except Exception:  # noqa: BLE001 - as foreign as its resource
        return 1
