"""Orders as NDJSON: what is asked for, in bounded memory, inside the server span."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from http_fastapi.handlers import order_list
from http_fastapi.settings import Settings
from http_fastapi.shop import Shop
from http_fastapi.store import Order, OrderStore
from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.traces import Span

StartService = Callable[[Settings], TestClient]


def shop_of(client: TestClient) -> Shop:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]  # an ASGI app to the client
    return shop


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def list_spans(sink: Sink) -> tuple[Span, Span]:
    spans = sink.wait_for_spans(lambda all_: any(s.name == "GET /orders" for s in all_))
    by_name = {span.name: span for span in spans}
    return by_name["GET /orders"], by_name["stream orders"]


def test_list_leaves_the_trace_that_the_readme_shows(
    client: TestClient, otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    client.get("/orders")

    assert trace_tree(otlp_sink.wait_for_spans(2)) == readme_trace("list-orders")


def test_each_order_is_a_line_and_the_oldest_comes_first(client: TestClient) -> None:
    for item in ("tea", "cups"):
        client.post("/orders", json={"item": item})

    answer = client.get("/orders")

    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [line["item"] for line in lines_of(answer.text)] == ["tea", "cups"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 100),
        ("limit=3", 3),
        ("limit=250", 250),
        ("limit=1000", 299),
        ("item=rare", 1),
        ("status=failed", 1),
    ],
)
def test_filters_and_limit_choose_the_orders(client: TestClient, query: str, count: int) -> None:
    store = shop_of(client).store
    orders = [store.add("rare" if number == 250 else "tea", 1) for number in range(299)]
    store.settle(orders[120].id, "failed")

    assert len(lines_of(client.get(f"/orders?{query}").text)) == count


@pytest.mark.parametrize("query", ["limit=0", "limit=10001", "limit=many", "status=lost", "item="])
def test_wrong_filter_or_limit_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/orders?{query}").status_code == 422


def test_stream_is_produced_within_the_server_span(client: TestClient, otlp_sink: Sink) -> None:
    store = shop_of(client).store
    for _ in range(299):
        store.add("tea", 1)

    client.get("/orders?limit=200")

    server, stream = list_spans(otlp_sink)
    assert stream.parent_span_id == server.span_id
    assert server.start_nanos <= stream.start_nanos <= stream.end_nanos <= server.end_nanos
    assert stream.attributes["shop.orders.count"] == 200
    assert stream.attributes["shop.stream.complete"] is True


async def test_one_page_is_held_at_a_time() -> None:
    store = OrderStore(1000)
    for _ in range(1000):
        store.add("tea", 1)

    chunks = [chunk async for chunk in order_list.lines(store, lambda _: True, 1000)]

    assert max(chunk.count(b"\n") for chunk in chunks) == order_list.PAGE_SIZE


def test_failure_in_the_middle_cuts_the_body_and_is_recorded_where_it_happened(
    client: TestClient, otlp_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = shop_of(client).store
    for _ in range(101):
        store.add("tea", 1)
    first_page = store.page(0, 100)

    def break_after_first_page(start: int, size: int) -> list[Order]:
        if start:
            raise OSError("the disk is gone")
        return first_page

    monkeypatch.setattr(store, "page", break_after_first_page)
    answer = client.get("/orders?limit=1000")

    server, stream = list_spans(otlp_sink)
    assert len(lines_of(answer.text)) == 100
    assert (server.status, stream.status) == ("ERROR", "ERROR")
    assert stream.attributes["error.type"] == "OSError"
    assert [event.name for event in stream.events] == ["exception"]
