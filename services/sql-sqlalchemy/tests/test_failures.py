"""What a client sees when it, or we, do something wrong: problem details, each with the trace's id."""

from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from otelkit.testing import Sink

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
NOBODY = str(uuid4())


@pytest.mark.parametrize(
    ("request_line", "body", "status"),
    [
        (f"GET /orders/{NOBODY}", None, 404),
        (f"GET /accounts/{NOBODY}", None, 404),
        ("GET /nowhere", None, 404),
        ("DELETE /orders", None, 405),
        ("GET /orders/1", None, 422),
        ("GET /orders?after=x", None, 422),
        ("GET /orders?limit=101", None, 422),
        ("POST /orders", {"account_id": NOBODY, "lines": []}, 422),
        ("POST /orders", {"account_id": NOBODY, "lines": [{"item": "tea", "price_cents": 1}]}, 404),
        ("POST /accounts", {"owner": "A" * 101}, 422),
        ("POST /accounts", {"owner": "Ann", "balance_cents": -1}, 422),
        ("POST /transfers", {"from_account": NOBODY, "to_account": NOBODY, "amount_cents": 0}, 422),
        ("POST /transfers", {"from_account": NOBODY, "to_account": NOBODY, "amount_cents": 1}, 404),
        (f"PATCH /orders/{NOBODY}", {"status": "paid", "version": 1}, 404),
        (f"PATCH /orders/{NOBODY}", {"status": "lost", "version": 1}, 422),
    ],
)
def test_refusal_is_a_problem_that_names_its_trace(
    client: TestClient, otlp_sink: Sink, request_line: str, body: object, status: int
) -> None:
    answer = client.request(*request_line.split(), json=body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    server = otlp_sink.wait_for_spans(lambda spans: any(span.kind == "SERVER" for span in spans))
    assert answer.json()["trace_id"] in {span.trace_id for span in server if span.kind == "SERVER"}
    assert [span.name for span in server if span.status == "ERROR"] == []


def test_order_that_somebody_else_changed_is_a_conflict(client: TestClient, account: str) -> None:
    body = {"account_id": account, "lines": [{"item": "tea", "price_cents": 1}]}
    order = client.post("/orders", json=body).headers["location"]

    statuses = [
        client.patch(order, json={"status": status, "version": 1}).status_code
        for status in ("paid", "cancelled")
    ]

    assert statuses == [200, 409]
    assert client.get(order).json()["status"] == "paid"


def test_transfer_that_is_repeated_is_answered_again_and_made_once(client: TestClient, account: str) -> None:
    other = client.post("/accounts", json={"owner": "Bob"}).json()["id"]
    body = {"id": NOBODY, "from_account": account, "to_account": other, "amount_cents": 100}

    answers = [client.post("/transfers", json=body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert client.get(f"/accounts/{other}").json()["balance_cents"] == 100
    assert client.post("/transfers", json={**body, "amount_cents": 99}).status_code == 409


def test_defect_is_a_problem_that_says_nothing_of_the_inside(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sql_sqlalchemy.handlers.OrderView.of", lambda _: 1 / 0)
    account = client.post("/accounts", json={"owner": "Ann"}).json()["id"]
    line = {"item": "tea", "price_cents": 1}
    order = client.post("/orders", json={"account_id": account, "lines": [line]}).headers["location"]

    answer = client.get(order)

    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "division" not in answer.text
