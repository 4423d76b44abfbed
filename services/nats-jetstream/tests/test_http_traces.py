"""Requests and what becomes of them are one trace; what somebody asks for about a trace links to it."""

import time
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from otelkit.testing import Sink
from otelkit.traces import Span

pytestmark = pytest.mark.integration


def named(spans: list[Span], name: str) -> list[Span]:
    return [span for span in spans if span.name == name]


def has(*names: str) -> Callable[[list[Span]], bool]:
    return lambda spans: set(names) <= {span.name for span in spans}


def test_order_over_http_is_one_trace_up_to_the_notice(client: TestClient, otlp_sink: Sink) -> None:
    client.post("/orders", json={"item": "tea"})

    spans = otlp_sink.wait_for_spans(
        has("POST /orders", "process orders.placed", "process shop.notices.{id}")
    )
    (request,) = named(spans, "POST /orders")
    (published,) = named(spans, "publish orders.placed")
    (processed,) = named(spans, "process orders.placed")
    (told,) = named(spans, "process shop.notices.{id}")
    assert {request.trace_id, published.trace_id, processed.trace_id} == {told.trace_id}
    assert (published.parent_span_id, processed.parent_span_id) == (request.span_id, published.span_id)


def test_pull_is_a_trace_of_its_own_that_links_to_the_publish(client: TestClient, otlp_sink: Sink) -> None:
    client.post("/orders", json={"item": "tea"})

    spans = otlp_sink.wait_for_spans(has("publish orders.placed", "fetch ORDERS"))
    (published,), (fetched,) = named(spans, "publish orders.placed"), named(spans, "fetch ORDERS")
    assert [(link.trace_id, link.span_id) for link in fetched.links] == [published.key]
    assert fetched.trace_id != published.trace_id


def test_replay_is_in_the_trace_of_its_message_and_links_to_who_asked_for_it(
    client: TestClient, otlp_sink: Sink
) -> None:
    client.post("/orders", json={"item": "unicorn"})
    deadline = time.monotonic() + 20
    while not client.get("/dead-letters").json():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    client.post("/dead-letters/1/replay")

    asking = "POST /dead-letters/{sequence}/replay"
    spans = otlp_sink.wait_for_spans(has("POST /orders", "replay message", asking))
    (placed,), (asked,) = named(spans, "POST /orders"), named(spans, asking)
    (replayed,) = named(spans, "replay message")
    assert replayed.trace_id == placed.trace_id
    assert [(link.trace_id, link.span_id) for link in replayed.links] == [asked.key]


def test_looking_at_stock_asks_the_broker_nothing(client: TestClient, otlp_sink: Sink) -> None:
    client.get("/stock/tea")

    spans = otlp_sink.wait_for_spans(has("GET /stock/{item}"))
    (request,) = named(spans, "GET /stock/{item}")
    assert [span for span in spans if span.parent_span_id == request.span_id] == []
