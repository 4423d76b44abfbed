"""Hostile text in every filter: it finds what is called so, changes nothing, and stays out of telemetry."""

from itertools import product
from typing import Any

import pytest
from starlette.testclient import TestClient

from otelkit.testing import Sink

CANARY = "canary4711"
ATTACKS = [
    f"{CANARY}' OR '1'='1",
    f'{CANARY}" OR ""="',
    f"{CANARY}'; DROP TABLE orders; --",
    f"{CANARY}' UNION SELECT id, owner FROM accounts --",  # noqa: S608 - an attack, not a query
    f"{CANARY}\\' OR 1=1 #",
    f"%{CANARY}%",
    f"_{CANARY}_",
    f"{CANARY} $1 :name %(name)s ?",
    f"{CANARY}\u2019 OR 1=1",
]
TEXTS = ["owner_contains", "item", "item_contains"]
OTHERS = ["status", "account_id", "placed_from", "placed_before", "total_from_cents", "limit", "after"]


def place(client: TestClient, name: str) -> str:
    account = client.post("/accounts", json={"owner": name}).json()["id"]
    line = {"item": name, "price_cents": 1}
    return str(client.post("/orders", json={"account_id": account, "lines": [line]}).json()["id"])


def test_text_finds_only_what_is_called_so(client: TestClient, otlp_sink: Sink) -> None:
    orders = {name: place(client, name) for name in ("tea", *ATTACKS)}

    for parameter, attack in product(TEXTS, ATTACKS):
        page = client.get("/orders", params={parameter: attack}).json()
        assert [order["id"] for order in page["orders"]] == [orders[attack]], (parameter, attack)

    everything = client.get("/orders").json()["orders"]
    assert {order["id"] for order in everything} == set(orders.values())
    assert CANARY not in emitted(otlp_sink, 2 * len(orders) + len(TEXTS) * len(ATTACKS) + 1)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("parameter", [*OTHERS, "no_such_filter", "1=1;--"])
def test_text_in_any_other_filter_is_refused(client: TestClient, otlp_sink: Sink, parameter: str) -> None:
    for attack in ATTACKS:
        answer = client.get("/orders", params={parameter: attack})
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"

    assert CANARY not in emitted(otlp_sink, len(ATTACKS))


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_nul_is_refused_before_a_database_sees_it(client: TestClient) -> None:
    answers = [client.get("/orders", params={name: "tea\0"}) for name in TEXTS]

    assert [answer.status_code for answer in answers] == [422] * len(TEXTS)
    assert client.post("/accounts", json={"owner": "tea\0"}).status_code == 422


def emitted(sink: Sink, requests: int) -> str:
    """Everything that left the process, once the server's spans of all requests have."""
    sink.wait_for_spans(lambda spans: sum(span.kind == "SERVER" for span in spans) >= requests)
    everything: list[Any] = [*sink.spans(), *sink.logs(), *sink.metrics()]
    return "\n".join(map(repr, everything))
