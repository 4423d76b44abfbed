"""Tokens at the routes: what counts, what does not, and what the telemetry of a refusal shows."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse

from http_fastapi.issuer import Issuer
from http_fastapi.settings import Settings
from otelkit.testing import Sink, trace_tree

Start = Callable[[Settings], TestClient]
ORDER = {"item": "tea"}


@pytest.fixture
def guarded(start_service: Start, token_settings: dict[str, Any]) -> TestClient:
    return start_service(Settings(**token_settings))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def refusals(sink: Sink) -> dict[object, float]:
    points = sink.wait_for_metrics(lambda all_: any(p.name == "shop.requests.refused" for p in all_))
    return {
        p.attributes["shop.refusal.reason"]: p.value or 0 for p in points if p.name == "shop.requests.refused"
    }


def test_good_token_with_the_scope_is_let_in(guarded: TestClient, issuer: Issuer) -> None:
    answer = guarded.post("/orders", json=ORDER, headers=bearer(issuer.token(scope="a orders:write b")))

    assert answer.status_code == 201


def test_without_keys_everybody_is_let_in(client: TestClient) -> None:
    assert client.post("/orders", json=ORDER).status_code == 201


def test_health_needs_no_token(guarded: TestClient) -> None:
    assert guarded.get("/healthz").status_code == 200


def test_missing_token_is_asked_for_without_an_error_code(guarded: TestClient, otlp_sink: Sink) -> None:
    answer = guarded.post("/orders", json=ORDER)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="orders"'
    (span,) = otlp_sink.wait_for_spans(1)
    assert trace_tree([span]) == "POST /orders [SERVER] UNSET"
    assert answer.json()["trace_id"] == span.trace_id
    assert span.attributes["shop.refusal.reason"] == "unauthenticated"
    assert refusals(otlp_sink) == {"unauthenticated": 1}


def test_token_without_the_scope_is_forbidden_and_told_which(
    guarded: TestClient, issuer: Issuer, otlp_sink: Sink
) -> None:
    answer = guarded.post("/orders", json=ORDER, headers=bearer(issuer.token(scope="orders:read")))

    assert answer.status_code == 403
    assert 'error="insufficient_scope", scope="orders:write"' in answer.headers["www-authenticate"]
    assert trace_tree(otlp_sink.wait_for_spans(1)) == "POST /orders [SERVER] UNSET"
    assert refusals(otlp_sink) == {"forbidden": 1}


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"exp": 1}, "has expired"),
        ({"exp": None}, "not valid"),
        ({"exp": "soon"}, "not valid"),
        ({"exp": float("inf")}, "not valid"),
        ({"nbf": 4102444800}, "not valid yet"),
        ({"aud": "payments"}, "another audience"),
        ({"aud": None}, "not valid"),
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"sub": None}, "not valid"),
        ({"sub": 4711}, "not valid"),
    ],
)
def test_token_with_wrong_claims_is_refused_and_told_why(
    guarded: TestClient, issuer: Issuer, claims: dict[str, Any], told: str
) -> None:
    answer = guarded.get("/orders", headers=bearer(issuer.token(**claims)))

    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert told in answer.json()["detail"]


def test_websocket_without_a_token_is_denied_before_it_opens(guarded: TestClient, otlp_sink: Sink) -> None:
    with pytest.raises(WebSocketDenialResponse) as denied, guarded.websocket_connect("/orders/live"):
        pass

    assert denied.value.status_code == 401
    assert denied.value.headers["content-type"] == "application/problem+json"
    assert refusals(otlp_sink) == {"unauthenticated": 1}


def test_websocket_with_a_token_opens(guarded: TestClient, issuer: Issuer) -> None:
    token = issuer.token(scope="orders:write")

    with guarded.websocket_connect("/orders/live", headers=bearer(token)) as socket:
        socket.send_json(ORDER)
        assert "order" in socket.receive_json()
