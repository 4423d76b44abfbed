"""What browsers are told: security headers on every answer, and which pages may call."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from starlette.testclient import TestClient

from http_fastapi.settings import Settings
from otelkit.testing import Sink

Start = Callable[[Settings], TestClient]
PAGE = "https://shop.example"
ASK = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "traceparent",
}


async def fail() -> None:
    raise RuntimeError("on purpose")


@pytest.mark.parametrize("path", ["/orders", "/orders/1", "/nowhere", "/healthz", "/fail"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    assert isinstance(client.app, FastAPI)
    client.app.add_api_route("/fail", fail)

    headers = client.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


def test_https_is_kept_over_https(client: TestClient) -> None:
    answer = client.get("https://testserver/orders")

    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_documentation_may_load_its_scripts(client: TestClient) -> None:
    assert "content-security-policy" not in client.get("/docs").headers


def test_page_of_an_allowed_origin_may_call_and_read_the_answer(start_service: Start) -> None:
    client = start_service(Settings(cors_origins=(PAGE,)))

    preflight = client.options("/orders", headers=ASK)
    answer = client.get("/orders", headers={"Origin": PAGE})

    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, PAGE)
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "Retry-After" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers


def test_page_of_another_origin_is_refused_with_a_problem_and_counted(
    start_service: Start, otlp_sink: Sink
) -> None:
    client = start_service(Settings(cors_origins=(PAGE,)))

    answer = client.options("/orders", headers={**ASK, "Origin": "https://evil.example"})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "access-control-allow-origin" not in answer.headers
    (span,) = otlp_sink.wait_for_spans(1)
    assert (span.status, span.attributes["shop.refusal.reason"]) == ("UNSET", "cors")


def test_no_page_may_call_unless_told(client: TestClient) -> None:
    assert "access-control-allow-origin" not in client.get("/orders", headers={"Origin": PAGE}).headers


def test_origins_come_from_the_environment_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_FASTAPI_CORS_ORIGINS", "https://a.example, http://localhost:3000")

    assert Settings().cors_origins == ("https://a.example", "http://localhost:3000")


@pytest.mark.parametrize(
    "origin", ["shop.example", "https://shop.example/", "ftp://shop.example", "https://"]
)
def test_wrong_origin_is_an_error_that_shows_a_right_one(origin: str) -> None:
    with pytest.raises(ValidationError, match=r"https://host\[:port\]"):
        Settings(cors_origins=(origin,))


@pytest.mark.parametrize("missing", ["jwt_issuer", "jwt_audience"])
def test_keys_without_issuer_or_audience_are_an_error(missing: str) -> None:
    settings = {"jwt_keys": "jwks.json", "jwt_issuer": "https://issuer.example", "jwt_audience": "orders"}

    with pytest.raises(ValidationError, match=missing):
        Settings.model_validate({**settings, missing: ""})
