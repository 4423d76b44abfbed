"""What goes wrong is visible in the trace once, and the customer gets the trace's id."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from http_fastapi.settings import Settings
from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces

ORDER = {"item": "tea"}


def test_refused_order_leaves_the_trace_that_the_readme_shows(
    start_service: Callable[[Settings], TestClient], otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    client = start_service(Settings(max_orders=1))
    client.post("/orders", json=ORDER)
    otlp_sink.wait_for_spans(2)
    otlp_sink.clear()

    answer = client.post("/orders", json=ORDER)

    spans = otlp_sink.wait_for_spans(2)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["trace_id"] == spans[0].trace_id
    assert trace_tree(spans) == readme_trace("store-full")


def test_exception_is_recorded_once_where_it_left_the_unit_of_work(
    start_service: Callable[[Settings], TestClient], otlp_sink: Sink
) -> None:
    client = start_service(Settings(max_orders=1))
    client.post("/orders", json=ORDER)
    otlp_sink.wait_for_spans(2)
    otlp_sink.clear()

    client.post("/orders", json=ORDER)

    spans = otlp_sink.wait_for_spans(2)
    recorded = [(span.name, event.name) for span in spans for event in span.events]
    assert recorded == [("store order", "exception")]


def test_server_error_sets_error_type_to_the_status_code(
    start_service: Callable[[Settings], TestClient], otlp_sink: Sink
) -> None:
    client = start_service(Settings(max_orders=1))
    client.post("/orders", json=ORDER)
    client.post("/orders", json=ORDER)

    spans = otlp_sink.wait_for_spans(4)
    failed = [span for span in spans if span.kind == "SERVER" and span.status == "ERROR"]
    assert [span.attributes["error.type"] for span in failed] == ["503"]


@pytest.mark.parametrize(
    "body", [{}, {"item": ""}, {"item": "tea", "quantity": 0}, {"item": "tea", "quantity": "x"}]
)
def test_wrong_order_is_the_customers_error_and_not_the_servers(
    client: TestClient, otlp_sink: Sink, body: dict[str, object]
) -> None:
    answer = client.post("/orders", json=body)

    assert answer.status_code == 422
    assert trace_tree(otlp_sink.wait_for_spans(1)) == "POST /orders [SERVER] UNSET"
