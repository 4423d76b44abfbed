"""Foreign and hostile objects in a collection cost themselves alone, and are counted."""

from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.sdk.metrics.export import Gauge, Histogram, MetricsData, ResourceMetrics, ScopeMetrics

from otelkit.encoding.metrics import encode_metric_requests, encode_metrics

from .metric_data import DELTA, RESOURCE, SHOP, collection, histogram, metric, number, points_in

GOOD = metric(Gauge([number(1)]))
strangers = pytest.mark.parametrize("kind", ["none", "number", "hostile", "partial"])


class Hostile:
    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError("hands off")


def stranger(kind: str) -> Any:
    """Made in the test, because pytest would ask a parameter for its attributes."""
    partial = SimpleNamespace(name="n", value=1, resource_metrics=[None])
    return {"none": None, "number": 5, "hostile": Hostile(), "partial": partial}[kind]


@strangers
def test_foreign_metric_is_lost_alone(kind: str) -> None:
    found = encode_metric_requests(collection(GOOD, stranger(kind), GOOD))

    assert found.lost_points == 1
    assert found.requests[0].points == 2


@strangers
def test_foreign_point_is_lost_alone(kind: str) -> None:
    found = encode_metric_requests(collection(metric(Gauge([number(1), stranger(kind), number(2)]))))

    assert found.lost_points == 1
    (request,) = found.requests
    parsed = points_in(ExportMetricsServiceRequest.FromString(request.data))
    assert [point.as_int for point in parsed] == [1, 2]


def test_foreign_data_is_lost_and_the_reason_names_its_class() -> None:
    found = encode_metric_requests(collection(metric(SimpleNamespace(data_points=[1])), GOOD))

    assert (found.lost_points, found.reason) == (1, "TypeError: unsupported metric data SimpleNamespace")


def test_points_of_a_foreign_resource_are_counted_as_lost() -> None:
    foreign: Any = SimpleNamespace()
    data = MetricsData(
        [
            ResourceMetrics(foreign, [ScopeMetrics(SHOP, [GOOD, GOOD], "")], ""),
            ResourceMetrics(RESOURCE, [ScopeMetrics(SHOP, [GOOD], "")], ""),
        ]
    )
    found = encode_metric_requests(data)

    assert found.lost_points == 2
    assert found.requests[0].points == 1


@strangers
def test_foreign_collection_gives_no_request_and_no_exception(kind: str) -> None:
    found = encode_metric_requests(stranger(kind))

    assert encode_metrics(stranger(kind)) == b""
    assert found.requests == []
    assert found.lost_points == 1


def test_attribute_of_a_foreign_class_is_written_as_its_text() -> None:
    data = collection(metric(Histogram([histogram(attributes={"at": Hostile, "n": 2**70})], DELTA)))
    (request,) = encode_metric_requests(data).requests

    (point,) = points_in(ExportMetricsServiceRequest.FromString(request.data))
    assert {pair.key: pair.value.string_value for pair in point.attributes} == {
        "at": str(Hostile),
        "n": str(2**70),
    }
