"""The HTTP face: orders in, answers that say what is wrong, and what there is to see."""

import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from otelkit.testing import Sink

pytestmark = pytest.mark.integration
NOBODYS = "9085a291-e399-4d28-a333-5e271b6fd977"


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def place(client: TestClient, **order: object) -> str:
    answer = client.post("/orders", json=order)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def test_order_is_accepted_then_fulfilled_and_has_an_invoice(client: TestClient) -> None:
    answer = client.post("/orders", json={"item": "tea", "quantity": 2})
    where = answer.headers["Location"]

    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")
    until(lambda: client.get(where).json()["status"] == "fulfilled")
    assert client.get(f"{where}/invoice").text.startswith(f"Order {answer.json()['id']}\n2 x tea: 6.00")


def test_order_repeated_under_its_id_is_known(client: TestClient) -> None:
    order = {"id": str(uuid4()), "item": "tea"}
    place(client, **order)

    assert client.post("/orders", json=order).json() == {"id": order["id"], "status": "known"}


def test_wrong_order_is_refused_with_the_field(client: TestClient) -> None:
    wrong: list[tuple[str, dict[str, object]]] = [
        ("body.item", {}),
        ("body.item", {"item": "Tea; DROP"}),
        ("body.quantity", {"item": "tea", "quantity": 0}),
        ("body.quantity", {"item": "tea", "quantity": 10**30}),
        ("body.id", {"item": "tea", "id": "7"}),
    ]

    for field, order in wrong:
        answer = client.post("/orders", json=order)
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
        assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_order_larger_than_the_broker_takes_is_refused_and_the_connection_lives(client: TestClient) -> None:
    for size in (1_040_385, 1_048_577, 5_000_000):
        answer = client.post("/orders", json={"item": "tea", "note": "x" * size})
        assert answer.status_code == 413
        assert "the broker takes" in answer.json()["detail"]

    place(client, item="tea")


def test_order_as_large_as_the_broker_takes_is_taken(client: TestClient) -> None:
    order = place(client, item="tea", note="x" * 1_039_000)

    until(lambda: client.get(f"/orders/{order}").json()["status"] == "fulfilled")


def test_what_cannot_be_is_a_problem_with_the_trace(client: TestClient) -> None:
    wrong = [
        ("GET", f"/orders/{NOBODYS}", 404),
        ("GET", f"/orders/{NOBODYS}/invoice", 404),
        ("GET", "/orders/a b*>/invoice", 422),
        ("GET", "/orders/a b*>", 422),
        ("GET", "/stock/unicorn", 404),
        ("GET", "/stock/UNICORN", 422),
        ("GET", "/quotes/unicorn", 404),
        ("GET", "/quotes/tea?quantity=0", 422),
        ("POST", "/dead-letters/4711/replay", 404),
        ("POST", "/dead-letters/0/replay", 422),
        ("POST", f"/dead-letters/{2**64}/replay", 422),
        ("GET", "/dead-letters?limit=1000", 422),
        ("GET", "/nowhere", 404),
        ("DELETE", "/orders", 405),
    ]

    for method, path, status in wrong:
        answer = client.request(method, path)
        assert (path, answer.status_code) == (path, status), answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert len(answer.json()["trace_id"]) == 32


def test_quote_is_asked_of_the_responders(client: TestClient) -> None:
    assert client.get("/quotes/lamp?quantity=3").json() == {
        "item": "lamp",
        "quantity": 3,
        "price_cents": 3600,
    }


def test_stock_follows_the_orders(client: TestClient) -> None:
    place(client, item="lamp", quantity=7)

    until(lambda: bool(client.get("/stock/lamp").json() == {"level": 193, "free": 193}))


def test_lag_shows_both_consumers(client: TestClient) -> None:
    lag = client.get("/lag").json()

    assert [one["consumer"] for one in lag["consumers"]] == ["fulfilment", "undertaker"]
    assert lag["dead_letters"] == 0


def test_micro_service_shows_schemas_and_statistics(client: TestClient) -> None:
    described = client.get("/services/stock").json()

    assert [one["subject"] for one in described["info"]["endpoints"]] == [
        "shop.stock.level",
        "shop.stock.add",
    ]
    assert '"quantity"' in described["info"]["endpoints"][1]["metadata"]["request_schema"]
    assert [one["num_errors"] for one in described["stats"]["endpoints"]] == [0, 0]


def test_dead_letter_is_listed_and_replayed(client: TestClient) -> None:
    place(client, item="unicorn")
    until(lambda: len(client.get("/dead-letters").json()) == 1)
    (letter,) = client.get("/dead-letters").json()
    assert (letter["reason"], letter["error_type"]) == ("terminated", "ImpossibleOrderError")

    replayed = client.post(f"/dead-letters/{letter['sequence']}/replay")

    assert (replayed.status_code, replayed.json()["trace_id"]) == (202, letter["trace_id"])
    until(lambda: [one["sequence"] for one in client.get("/dead-letters").json()] == [2])


def test_health_and_life_leave_no_spans(client: TestClient, otlp_sink: Sink) -> None:
    assert [client.get(path).status_code for path in ("/healthz", "/livez", "/lag")] == [200] * 3

    spans = otlp_sink.wait_for_spans(lambda some: any(span.name == "GET /lag" for span in some))
    assert [span.name for span in spans if span.kind == "SERVER"] == ["GET /lag"]
