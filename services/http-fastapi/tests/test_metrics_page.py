"""`/metrics`: by setting, with exemplars that lead to the trace, and without a trace of its own."""

from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from starlette.testclient import TestClient

from http_fastapi.settings import HttpInstrumentation, Settings
from otelkit.testing import Sink

Start = Callable[[Settings], TestClient]
OPENMETRICS = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}


@pytest.fixture
def with_page(start_service: Start, monkeypatch: pytest.MonkeyPatch) -> Start:
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "otlp,prometheus")
    return start_service


def families(client: TestClient) -> dict[str, Any]:
    answer = client.get("/metrics", headers=OPENMETRICS)
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    return {family.name: family for family in parse_openmetrics(answer.text)}  # type: ignore[no-untyped-call]  # no types


@pytest.mark.parametrize("way", ["contrib", "native", "lean"])
def test_duration_leads_to_the_trace_of_a_request(
    with_page: Start, otlp_sink: Sink, way: HttpInstrumentation
) -> None:
    client = with_page(Settings(http_instrumentation=way))
    client.post("/orders", json={"item": "tea"})

    duration = families(client)["http_server_request_duration_seconds"]
    (server,) = (span for span in otlp_sink.wait_for_spans(2) if span.kind == "SERVER")
    exemplars = [sample.exemplar.labels["trace_id"] for sample in duration.samples if sample.exemplar]
    assert exemplars == [server.trace_id]
    assert duration.unit == "seconds"


def test_scrapes_leave_no_span_and_do_not_count_themselves(with_page: Start, otlp_sink: Sink) -> None:
    client = with_page(Settings())
    for _ in range(3):
        client.get("/metrics")
    client.get("/orders/42")

    assert [span.attributes["url.path"] for span in otlp_sink.wait_for_spans(1)] == ["/orders/42"]
    requests = families(client)["http_server_request_duration_seconds"].samples
    assert [sample.value for sample in requests if sample.name.endswith("_count")] == [1]


def test_who_does_not_ask_for_openmetrics_gets_prometheus_text(with_page: Start) -> None:
    client = with_page(Settings())
    client.post("/orders", json={"item": "tea"})

    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    names = {family.name for family in parse_text(answer.text)}
    assert {"shop_orders_created", "target_info", "http_server_request_duration_seconds"} <= names


def test_there_is_no_page_unless_it_is_asked_for(client: TestClient) -> None:
    assert client.get("/metrics").status_code == 404
