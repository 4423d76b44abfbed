"""The traces that the README shows, on SQLite, which everybody has."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.traces import Span

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


def spans_of(sink: Sink, root: str) -> list[Span]:
    """The trace below the server span of that name, once it is whole: the server's span ends last."""
    spans = sink.wait_for_spans(lambda spans: any(span.name == root for span in spans))
    (server,) = [span for span in spans if span.name == root]
    return sink.trace(server.trace_id)


def order_of(account: str) -> dict[str, Any]:
    return {"account_id": account, "lines": [{"item": "tea", "quantity": 2, "price_cents": 300}]}


def test_order_leaves_the_trace_that_the_readme_shows(
    client: TestClient, account: str, otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    client.post("/orders", json=order_of(account))

    assert trace_tree(spans_of(otlp_sink, "POST /orders")) == readme_trace("place-order")


def test_transfer_leaves_the_trace_that_the_readme_shows(
    client: TestClient, account: str, otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    other = client.post("/accounts", json={"owner": "Bob"}).json()["id"]
    client.post("/transfers", json={"from_account": account, "to_account": other, "amount_cents": 100})

    assert trace_tree(spans_of(otlp_sink, "POST /transfers")) == readme_trace("transfer-money")


def test_page_of_orders_leaves_the_trace_that_the_readme_shows(
    client: TestClient, account: str, otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    for _ in range(3):
        client.post("/orders", json=order_of(account))

    client.get("/orders")

    assert trace_tree(spans_of(otlp_sink, "GET /orders")) == readme_trace("find-orders")


def test_dispatch_links_to_the_trace_that_wrote_the_message(
    client: TestClient, account: str, otlp_sink: Sink
) -> None:
    client.post("/orders", json=order_of(account))

    placed = next(span for span in spans_of(otlp_sink, "POST /orders") if span.name == "place order")
    spans = otlp_sink.wait_for_spans(lambda all_: any(span.name == "dispatch messages" for span in all_))
    (dispatched,) = [span for span in spans if span.name == "dispatch messages"]
    assert [(link.trace_id, link.span_id) for link in dispatched.links] == [placed.key]
    assert dispatched.trace_id != placed.trace_id


def test_statement_shows_its_text_and_no_value(client: TestClient, account: str, otlp_sink: Sink) -> None:
    client.get("/orders", params={"item": "canary4711"})

    statement = next(span for span in spans_of(otlp_sink, "GET /orders") if span.kind == "CLIENT")
    assert statement.attributes["db.system.name"] == "sqlite"
    assert statement.attributes["db.operation.name"] == "SELECT"
    assert "order_lines.item = ?" in str(statement.attributes["db.query.text"])
    assert "canary4711" not in repr(otlp_sink.spans())


def test_looking_for_messages_leaves_no_spans(client: TestClient, otlp_sink: Sink) -> None:
    client.get("/orders")
    otlp_sink.wait_for_metrics(lambda points: any(p.name == "http.server.request.duration" for p in points))

    assert {span.name for span in otlp_sink.spans()} == {"GET /orders", "SELECT orders accounts"}


def test_connections_are_counted_by_state(client: TestClient, otlp_sink: Sink) -> None:
    client.get("/orders")

    points = otlp_sink.wait_for_metrics(
        lambda all_: any(p.name == "db.client.connection.count" for p in all_)
    )
    states = {
        p.attributes["db.client.connection.state"] for p in points if p.name == "db.client.connection.count"
    }
    assert states == {"idle", "used"}
