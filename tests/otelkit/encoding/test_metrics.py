"""Metrics written straight from the SDK's objects parse to what the SDK's encoder gives."""

import pytest
from hypothesis import given
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.sdk.metrics.export import Gauge, MetricsData, ResourceMetrics, ScopeMetrics, Sum
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otelkit.encoding import address
from otelkit.encoding.metrics import MetricRequests, encode_metric_requests, encode_metrics

from .generated import every_shape
from .generated_metrics import collections
from .metric_data import CUMULATIVE, RESOURCE, by_the_sdk, collection, metric, number, ours


@every_shape
@given(collections())
def test_parsed_metrics_equal_those_of_the_sdks_encoder_first_and_again(data: MetricsData) -> None:
    expected = by_the_sdk(data).SerializeToString()  # as bytes, because NaN differs from itself

    assert ours(data).SerializeToString() == expected
    assert ours(data).SerializeToString() == expected
    assert encode_metric_requests(data)[1:] == (0, "")


def test_metric_of_a_class_derived_from_the_sdks_is_of_its_kind() -> None:
    class Total(Sum):
        pass

    data = collection(metric(Total([number(1)], CUMULATIVE, is_monotonic=False)))

    assert ours(data) == by_the_sdk(data)


def test_empty_collection_is_an_empty_request() -> None:
    assert encode_metrics(MetricsData([])) == b""
    assert encode_metric_requests(MetricsData([])) == MetricRequests([], 0, "")


def test_resource_without_scopes_is_left_out() -> None:
    assert encode_metrics(MetricsData([ResourceMetrics(RESOURCE, [], "")])) == b""


def test_collection_without_points_gives_no_request() -> None:
    assert encode_metric_requests(collection(metric(Gauge([])))).requests == []


def test_one_request_holds_the_whole_of_a_small_collection() -> None:
    data = collection(metric(Gauge([number(1.0), number(2)])))
    (request,) = encode_metric_requests(data).requests

    assert request.points == 2
    assert ExportMetricsServiceRequest.FromString(request.data) == ours(data)


def test_scopes_of_a_resource_stay_together_when_addresses_are_forgotten_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(address, "ADDRESSES", 1)
    scopes = [ScopeMetrics(InstrumentationScope(name), [metric(Gauge([number(1)]))], "") for name in "abc"]
    data = MetricsData([ResourceMetrics(RESOURCE, scopes, "")])

    (parsed,) = ours(data).resource_metrics
    assert [each.scope.name for each in parsed.scope_metrics] == ["a", "b", "c"]
