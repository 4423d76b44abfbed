"""Names that metrics have in Prometheus' API, and queries that it refuses."""

import json

import pytest

from otelkit.viewer.metric_names import metric_name

from .conftest import NOON, SECOND, Backend
from .prometheus_metrics import counter, send


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
    page = backend.ask(f"/prometheus/api/v1/{path}", parameters)

    answer = json.loads(page.text)
    assert (page.status, answer["status"], answer["errorType"]) == (400, "error", "bad_data")
    assert message in answer["error"]


def test_answer_that_would_fill_the_memory_is_refused(backend: Backend) -> None:
    for number in range(100):
        send(backend, counter(number, tier=f"tier {number}"))

    end = NOON // SECOND
    query = {"query": "shop_orders_total", "start": end - 10_999, "end": end, "step": 1}
    page = backend.ask("/prometheus/api/v1/query_range", query)

    assert (page.status, "take larger steps" in page.text) == (400, True)
