"""The bank makes a payment once for each key."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from http_fastapi.settings import Settings

CHARGE = {"order_id": "o-1", "amount_cents": 350, "card_token": "tok_visa"}


def charge(client: TestClient, key: str, **values: object) -> Any:
    return client.post("/payments", json={**CHARGE, **values}, headers={"Idempotency-Key": key})


def test_charge_sent_again_is_answered_with_its_first_payment(client: TestClient) -> None:
    first, second = charge(client, "k"), charge(client, "k")

    assert [first.status_code, second.status_code] == [201, 200]
    assert first.json() == second.json()


def test_key_of_another_charge_is_refused(client: TestClient) -> None:
    charge(client, "k")

    answer = charge(client, "k", amount_cents=1)

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "payment-conflicts")


def test_declined_card_leaves_the_key_free(client: TestClient) -> None:
    assert charge(client, "k", card_token="tok_declined").status_code == 402  # noqa: S106 - no password
    assert charge(client, "k").status_code == 201


@pytest.mark.parametrize("key", [None, "", "a b", "k" * 256])
def test_charge_without_a_good_key_is_refused(client: TestClient, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}

    answer = client.post("/payments", json=CHARGE, headers=headers)

    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize("wrong", [{"amount_cents": 0}, {"card_token": "x"}, {"tip": 1}])
def test_wrong_charge_is_refused_without_repeating_it(client: TestClient, wrong: dict[str, object]) -> None:
    answer = charge(client, "k", **wrong)

    assert answer.status_code == 422
    assert "tok_visa" not in answer.text


def test_bank_asks_for_a_token_where_the_service_does(
    start_service: Callable[[Settings], TestClient], token_settings: dict[str, Any], issuer: Any
) -> None:
    client = start_service(Settings.model_validate(token_settings))
    headers = {"Idempotency-Key": "k"}

    refused = client.post("/payments", json=CHARGE, headers=headers)
    headers["Authorization"] = f"Bearer {issuer.token(scope='orders:write')}"
    charged = client.post("/payments", json=CHARGE, headers=headers)

    assert (refused.status_code, charged.status_code) == (401, 201)
