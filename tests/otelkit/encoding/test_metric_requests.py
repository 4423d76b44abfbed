"""Requests of bounded size hold together what the collection held."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric as ParsedMetric
from opentelemetry.sdk.metrics.export import Gauge, MetricsData, NumberDataPoint, Sum

from otelkit.encoding.metric_requests import MAX_REQUEST_BYTES
from otelkit.encoding.metrics import encode_metric_requests

from .generated import every_shape
from .generated_metrics import collections
from .metric_data import CUMULATIVE, NOW, START, collection, metric, metrics_in, number, ours, points_in

Branches = tuple[bytes, bytes, bytes]  # resource, scope, and metric without points


def points_by_branch(requests: list[ExportMetricsServiceRequest]) -> Counter[tuple[Branches, bytes]]:
    return Counter(
        ((r.resource.SerializeToString() + r.schema_url.encode(), s.scope.SerializeToString(), head), point)
        for request in requests
        for r in request.resource_metrics
        for s in r.scope_metrics
        for m in s.metrics
        for head, point in _points(m)
    )


def _points(parsed: ParsedMetric) -> list[tuple[bytes, bytes]]:
    data = getattr(parsed, parsed.WhichOneof("data") or "gauge")
    points = [point.SerializeToString() for point in data.data_points]
    data.ClearField("data_points")
    return [(parsed.SerializeToString(), point) for point in points]


@every_shape
@given(collections(), st.integers(1, 3_000))
def test_every_point_is_in_one_request_with_its_metric_scope_and_resource(
    data: MetricsData, max_bytes: int
) -> None:
    found = encode_metric_requests(data, max_bytes)
    parsed = [ExportMetricsServiceRequest.FromString(request.data) for request in found.requests]

    assert [request.points for request in found.requests] == [len(points_in(each)) for each in parsed]
    assert all(len(r.data) <= max_bytes or r.points == 1 for r in found.requests)
    assert points_by_branch(parsed) == points_by_branch([ours(data)])


def test_collection_beyond_the_receivers_limit_fills_its_requests() -> None:
    points = [NumberDataPoint({"id": f"{n:064}"}, START, NOW, n) for n in range(100_000)]
    found = encode_metric_requests(collection(metric(Sum(points, CUMULATIVE, is_monotonic=True))))

    parsed = [ExportMetricsServiceRequest.FromString(request.data) for request in found.requests]
    assert [point.as_int for request in parsed for point in points_in(request)] == list(range(100_000))
    assert all(MAX_REQUEST_BYTES / 4 < len(request.data) <= MAX_REQUEST_BYTES for request in found.requests)


def test_part_of_a_metric_goes_with_the_metrics_beside_it() -> None:
    few, many = metric(Gauge([number(1)]), "few"), metric(Gauge([number(n) for n in range(64)]), "many")
    limit = len(encode_metric_requests(collection(many)).requests[0].data)
    first, *_ = encode_metric_requests(collection(few, many), limit).requests

    parsed = ExportMetricsServiceRequest.FromString(first.data)
    assert [each.name for each in metrics_in(parsed)] == ["few", "many"]
