"""A WebSocket is no way around what limits requests, by whatever page, nor does it outlive its token."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from http_fastapi.issuer import Issuer
from http_fastapi.settings import Settings
from otelkit.testing import Sink

Start = Callable[[Settings], TestClient]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def status_of_order(socket: WebSocketTestSession) -> int:
    socket.send_text('{"item": "tea"}')
    answer = socket.receive_json()
    return int(answer["problem"]["status"]) if "problem" in answer else 201


def close_code(socket: WebSocketTestSession) -> int:
    with pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    return closed.value.code


def test_messages_count_for_the_limit_of_the_client(start_service: Start, otlp_sink: Sink) -> None:
    client = start_service(Settings(rate_limit="3/hour"))

    with client.websocket_connect("/orders/live") as socket:  # the first of three
        assert [status_of_order(socket) for _ in range(4)] == [201, 201, 429, 429]

    assert client.post("/orders", json={"item": "tea"}).status_code == 429
    points = otlp_sink.wait_for_metrics(lambda all_: any(p.name == "shop.requests.refused" for p in all_))
    assert [p.attributes for p in points if p.name == "shop.requests.refused"] == [
        {"shop.refusal.reason": "rate_limit"}
    ]


def test_messages_count_for_the_limit_of_the_subject(
    start_service: Start, token_settings: dict[str, Any], issuer: Issuer
) -> None:
    client = start_service(Settings(rate_limit_subject="2/hour", **token_settings))

    with client.websocket_connect("/orders/live", headers=bearer(issuer.token())) as socket:
        assert [status_of_order(socket) for _ in range(2)] == [201, 429]
    with client.websocket_connect("/orders/live", headers=bearer(issuer.token(sub="eve"))) as socket:
        assert status_of_order(socket) == 201


def test_client_that_ignores_its_limit_is_let_go(start_service: Start) -> None:
    client = start_service(Settings(rate_limit="1/hour"))

    with client.websocket_connect("/orders/live") as socket:
        assert [status_of_order(socket) for _ in range(10)] == [429] * 10
        assert close_code(socket) == 1008


def test_connection_ends_with_its_token(
    start_service: Start, token_settings: dict[str, Any], issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = start_service(Settings(**token_settings))

    with client.websocket_connect("/orders/live", headers=bearer(issuer.token())) as socket:
        assert status_of_order(socket) == 201
        later = time.time() + 3600
        monkeypatch.setattr(time, "time", lambda: later)
        assert status_of_order(socket) == 401
        assert close_code(socket) == 3000


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://testserver.evil.example", "http://["]
)
def test_page_of_another_origin_does_not_connect(client: TestClient, origin: str) -> None:
    with pytest.raises(WebSocketDenialResponse) as denied:
        client.websocket_connect("/orders/live", headers={"Origin": origin}).__enter__()

    assert denied.value.status_code == 403
    assert denied.value.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("origin", ["http://testserver", "https://shop.example"])
def test_page_of_ours_or_of_an_allowed_origin_connects(start_service: Start, origin: str) -> None:
    client = start_service(Settings(cors_origins=("https://shop.example",)))

    with client.websocket_connect("/orders/live", headers={"Origin": origin}) as socket:
        assert status_of_order(socket) == 201
