"""Prometheus' query API over metrics that arrived by OTLP, with the names that Mimir gives them."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, DataPointFlags, Metric

from otelkit.signals import Signal
from otelkit.viewer.metric_names import metric_name

from .conftest import NOON, SECOND, Backend

CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
TIME = NOON // SECOND
RESOURCE = {
    "service.name": "shop",
    "service.namespace": "eu",
    "service.instance.id": "a1",
    "service.version": "1.2",
    "host.name": "node-1",
}
OF_RESOURCE = {
    "job": "eu/shop",
    "instance": "a1",
    "service_name": "shop",
    "service_namespace": "eu",
    "service_instance_id": "a1",
    "service_version": "1.2",
}


def send(backend: Backend, *metrics: Metric) -> None:
    request = ExportMetricsServiceRequest()
    group = request.resource_metrics.add()
    for key, value in RESOURCE.items():
        group.resource.attributes.add(key=key).value.string_value = value
    group.scope_metrics.add(metrics=metrics)
    backend.send(request, Signal.METRICS)


def counter(value: int, seconds: int = 0, flags: int = 0) -> Metric:
    metric = Metric(name="shop.orders", unit="{order}")
    metric.sum.is_monotonic = True
    metric.sum.aggregation_temporality = CUMULATIVE
    point = metric.sum.data_points.add(as_int=value, time_unix_nano=NOON + seconds * SECOND, flags=flags)
    point.attributes.add(key="shop.tier").value.string_value = "gold"
    return metric


def histogram() -> Metric:
    metric = Metric(name="http.server.request.duration", unit="s")
    metric.histogram.aggregation_temporality = CUMULATIVE
    point = metric.histogram.data_points.add(
        count=6, sum=4.5, explicit_bounds=[0.005, 1, 2.5], bucket_counts=[1, 2, 0, 3], time_unix_nano=NOON
    )
    point.exemplars.add(
        as_double=0.5, time_unix_nano=NOON, trace_id=bytes(15) + b"\7", span_id=bytes(7) + b"\1"
    )
    return metric


def get(backend: Backend, path: str, parameters: Mapping[str, object]) -> tuple[int, Any]:
    page = backend.get(f"/prometheus/api/v1/{path}?{urlencode(parameters, quote_via=quote)}")
    return page.status, json.loads(page.text)


def ask(backend: Backend, path: str, **parameters: object) -> Any:
    match = {"match[]": parameters.pop("match")} if "match" in parameters else {}
    status, answer = get(backend, path, {**parameters, **match})
    assert (status, answer["status"]) == (200, "success"), answer
    return answer["data"]


def test_counter_is_a_total_with_labels_of_point_and_resource(backend: Backend) -> None:
    send(backend, counter(3))

    data = ask(backend, "query", query='shop_orders_total{shop_tier="gold"}', time=TIME + 10)

    assert data["resultType"] == "vector"
    (found,) = data["result"]
    assert found["metric"] == {"__name__": "shop_orders_total", "shop_tier": "gold", **OF_RESOURCE}
    assert found["value"] == [TIME + 10, "3"]


def test_histogram_is_cumulative_buckets_a_sum_and_a_count(backend: Backend) -> None:
    send(backend, histogram())

    def values(query: str) -> dict[str, str]:
        found = ask(backend, "query", query=query, time=TIME)["result"]
        return {each["metric"].get("le", ""): each["value"][1] for each in found}

    name = "http_server_request_duration_seconds"
    assert values(f"{name}_bucket") == {"0.005": "1", "1": "3", "2.5": "3", "+Inf": "6"}
    assert values(f"{name}_sum") == {"": "4.5"}
    assert values(f'{{__name__=~"{name}_(count|nothing)"}}') == {"": "6"}


def test_value_is_gone_after_five_minutes_or_when_its_sender_says_so(backend: Backend) -> None:
    send(backend, counter(3))

    def seen(seconds: int) -> list[str]:
        found = ask(backend, "query", query="shop_orders_total", time=TIME + seconds)["result"]
        return [each["value"][1] for each in found]

    assert (seen(-1), seen(299), seen(300)) == ([], ["3"], [])
    send(backend, counter(0, 60, DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK))
    assert (seen(59), seen(61)) == (["3"], [])


def test_range_has_the_last_value_at_each_step(backend: Backend) -> None:
    for seconds in (0, 10, 20):
        send(backend, counter(seconds, seconds))

    query = {"query": "shop_orders_total", "start": TIME - 15, "end": TIME + 30, "step": "15s"}
    data = ask(backend, "query_range", **query)

    assert data["resultType"] == "matrix"
    assert data["result"][0]["values"] == [[TIME, "0"], [TIME + 15, "10"], [TIME + 30, "20"]]


def test_exemplars_stand_at_their_bucket(backend: Backend) -> None:
    send(backend, histogram())

    query = "http_server_request_duration_seconds_bucket"
    (found,) = ask(backend, "query_exemplars", query=query, start=TIME - 1, end=TIME + 1)

    assert found["seriesLabels"]["le"] == "1"
    labels = {"trace_id": "7".zfill(32), "span_id": "1".zfill(16)}
    assert found["exemplars"] == [{"labels": labels, "value": "0.5", "timestamp": TIME}]
    assert ask(backend, "query_exemplars", query=query, start=TIME + 1, end=TIME + 2) == []


def test_series_labels_and_values_are_listed(backend: Backend) -> None:
    send(backend, counter(3), histogram())

    assert ask(backend, "series", match="shop_orders_total") == [
        {"__name__": "shop_orders_total", "shop_tier": "gold", **OF_RESOURCE}
    ]
    assert ask(backend, "labels") == sorted(["__name__", "le", "shop_tier", *OF_RESOURCE])
    assert ask(backend, "labels", match="shop_orders_total") == sorted(
        ["__name__", "shop_tier", *OF_RESOURCE]
    )
    assert ask(backend, "label/le/values") == ["+Inf", "0.005", "1", "2.5"]
    assert "http_server_request_duration_seconds_bucket" in ask(backend, "label/__name__/values")
    assert ask(backend, "label/__name__/values", match='{service_name="other"}') == []


def test_delta_is_left_out_as_mimir_does(backend: Backend) -> None:
    delta = counter(3)
    delta.sum.aggregation_temporality = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
    send(backend, delta)

    assert ask(backend, "query", query="shop_orders_total", time=TIME)["result"] == []


@pytest.mark.parametrize(
    ("name", "unit", "kind", "expected"),
    [
        ("http.server.request.duration", "s", "", "http_server_request_duration_seconds"),
        ("db.client.connection.usage", "{connection}", "", "db_client_connection_usage"),
        ("system.cpu.utilization", "1", "gauge", "system_cpu_utilization_ratio"),
        ("messages", "1", "counter", "messages_total"),
        ("total.messages", "", "counter", "messages_total"),
        ("io", "By/s", "", "io_bytes_per_second"),
        ("io", "{op}/min", "", "io_per_min"),
        ("memory.bytes", "By", "", "memory_bytes"),
        ("2xx", "", "", "_2xx"),
        ("a..b__c", "m/s", "", "a_b_c_meters_per_second"),
    ],
)
def test_names_are_made_as_mimir_makes_them(name: str, unit: str, kind: str, expected: str) -> None:
    assert metric_name(name, unit, is_counter=kind == "counter", is_gauge=kind == "gauge") == expected


@pytest.mark.parametrize(
    ("path", "parameters", "message"),
    [
        ("query", {"query": ""}, "supported is one selector"),
        ("query", {"query": "rate(x[5m])"}, "from character 5: supported is one selector"),
        ("query", {"query": "{}"}, "at least one non-empty matcher"),
        ("query", {"query": "x", "time": "noon"}, "cannot parse 'noon'"),
        ("query", {"query": '{a=~"(a+)+("}'}, "is not a regular expression"),
        ("query_range", {"query": "x"}, "invalid parameter 'start'"),
        ("query_range", {"query": "x", "start": 0, "end": 10, "step": 0}, "zero or negative"),
        ("query_range", {"query": "x", "start": 0, "end": 10**9, "step": 1}, "exceeded maximum resolution"),
        ("query_range", {"query": "x", "start": 9, "end": 8, "step": 1}, "must not be before"),
        ("series", {}, "no match[] parameter"),
    ],
)
def test_what_is_not_supported_is_an_error_in_prometheus_form(
    backend: Backend, path: str, parameters: dict[str, object], message: str
) -> None:
    status, answer = get(backend, path, parameters)

    assert (status, answer["status"], answer["errorType"]) == (400, "error", "bad_data")
    assert message in answer["error"]


def test_query_may_be_posted_as_a_form(backend: Backend) -> None:
    send(backend, counter(3))

    page = backend.post("/prometheus/api/v1/query", urlencode({"query": "shop_orders_total", "time": TIME}))

    assert json.loads(page.text)["data"]["result"][0]["value"] == [TIME, "3"]
    assert backend.post("/prometheus/api/v1/query", "query=" + "x" * 100_000).status == 413
    assert backend.post("/prometheus/api/v1/query", b"\xff").status == 400
