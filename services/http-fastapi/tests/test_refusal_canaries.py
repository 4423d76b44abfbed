"""No secret of a refused request leaves the process, whichever protection refuses it."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from http_fastapi.settings import Settings
from otelkit.testing import Sink

Start = Callable[[Settings], TestClient]
CANARY = "canary-4711"
HEADERS = {
    "Authorization": f"Bearer {CANARY}.{CANARY}.{CANARY}",
    "Cookie": f"session={CANARY}",
    "baggage": f"user={CANARY}",
    "X-Forwarded-For": CANARY,
    "X-Api-Key": CANARY,
}
BODY = f'{{"item": "{CANARY}", "quantity": 1}}'


REFUSING: dict[str, tuple[str, dict[str, Any]]] = {
    "rate_limit": ("/orders", {"rate_limit": "1/hour"}),
    "body_size": ("/orders", {"max_body_bytes": 1}),
    "unauthenticated": ("/orders", {}),
    "cors": ("/orders", {"cors_origins": ("https://shop.example",)}),
}


@pytest.mark.parametrize("reason", REFUSING)
def test_no_canary_of_a_refused_request_is_exported(
    start_service: Start,
    token_settings: dict[str, Any],
    otlp_sink: Sink,
    capfd: pytest.CaptureFixture[str],
    reason: str,
) -> None:
    path, settings = REFUSING[reason]
    logging.getLogger().setLevel(logging.DEBUG)
    client = start_service(Settings(**token_settings, **settings))
    preflight = {"Origin": f"https://{CANARY}", "Access-Control-Request-Method": "POST"}
    method = "OPTIONS" if reason == "cors" else "POST"

    for _ in range(3):
        answer = client.request(
            method, path, params={"token": CANARY}, headers={**HEADERS, **preflight}, content=BODY
        )

    assert answer.status_code in (400, 401, 413, 429)
    otlp_sink.wait_for_metrics(
        lambda points: any(p.attributes.get("shop.refusal.reason") == reason for p in points)
    )
    spans = otlp_sink.wait_for_spans(3)
    assert spans[-1].attributes["shop.refusal.reason"] == reason
    exported = f"{spans}{otlp_sink.logs()}{otlp_sink.metrics()}"
    assert CANARY not in exported
    assert CANARY not in capfd.readouterr().out
    assert CANARY not in answer.text
