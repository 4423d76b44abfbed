"""Prometheus' query API over metrics that arrived by OTLP, with the names that Mimir gives them."""

import json
from urllib.parse import urlencode

from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, DataPointFlags

from .conftest import NOON, SECOND, Backend
from .prometheus_metrics import OF_RESOURCE, ask, counter, gauge, histogram, send

TIME = NOON // SECOND


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
    assert ask(backend, "labels") == sorted(["__name__", "host_name", "le", "shop_tier", *OF_RESOURCE])
    assert ask(backend, "labels", match="shop_orders_total") == sorted(
        ["__name__", "shop_tier", *OF_RESOURCE]
    )
    assert ask(backend, "label/le/values") == ["+Inf", "0.005", "1", "2.5"]
    durations = [f"http_server_request_duration_seconds_{part}" for part in ("bucket", "count", "sum")]
    assert ask(backend, "label/__name__/values") == [*durations, "shop_orders_total", "target_info"]
    assert ask(backend, "label/__name__/values", match='{service_name="other"}') == []


def test_delta_is_left_out_as_mimir_does(backend: Backend) -> None:
    delta = counter(3)
    delta.sum.aggregation_temporality = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
    send(backend, delta)

    assert ask(backend, "query", query="shop_orders_total", time=TIME)["result"] == []


def test_query_may_be_posted_as_a_form(backend: Backend) -> None:
    send(backend, counter(3))

    page = backend.post("/prometheus/api/v1/query", urlencode({"query": "shop_orders_total", "time": TIME}))

    assert json.loads(page.text)["data"]["result"][0]["value"] == [TIME, "3"]
    assert backend.post("/prometheus/api/v1/query", "query=" + "x" * 100_000).status == 413
    assert backend.post("/prometheus/api/v1/query", b"\xff").status == 400


def test_resource_has_a_series_of_its_own(backend: Backend) -> None:
    send(backend, counter(3))

    (found,) = ask(backend, "query", query="target_info", time=TIME)["result"]

    labels = {"job": "eu/shop", "instance": "a1", "service_version": "1.2", "host_name": "node-1"}
    assert found == {"metric": {"__name__": "target_info", **labels}, "value": [TIME, "1"]}


def test_very_small_and_very_large_values_have_exponents(backend: Backend) -> None:
    send(backend, gauge(1e-7, "small"), gauge(1e21, "large"), gauge(1e20, "plain"))

    found = {
        each["metric"]["size"]: each["value"][1]
        for each in ask(backend, "query", query="shop_size", time=TIME)["result"]
    }

    assert found == {"small": "1e-07", "large": "1e+21", "plain": "100000000000000000000"}
