"""Rate limits counted by one process."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from limits import parse
from pydantic import SecretStr, ValidationError
from starlette.testclient import TestClient

from http_fastapi.issuer import Issuer
from http_fastapi.protections.rate_limit import client_of
from http_fastapi.protections.windows import BoundedWindows
from http_fastapi.settings import Settings
from otelkit.errors import ConfigurationError
from otelkit.testing import Sink, trace_tree

Start = Callable[[Settings], TestClient]


def test_client_that_asks_too_often_is_told_when_to_come_again(start_service: Start, otlp_sink: Sink) -> None:
    client = start_service(Settings(rate_limit="2/hour"))
    accepted = [client.get("/orders/1").status_code for _ in range(2)]

    refused = client.get("/orders/1")

    assert (accepted, refused.status_code) == ([404, 404], 429)
    assert 1 <= int(refused.headers["retry-after"]) <= 3600
    assert refused.headers["ratelimit-policy"] == '"client";q=2;w=3600'
    assert refused.headers["ratelimit"] == f'"client";r=0;t={refused.headers["retry-after"]}'
    span = otlp_sink.wait_for_spans(3)[-1]
    assert trace_tree([span]).endswith("[SERVER] UNSET")
    assert refused.json()["trace_id"] == span.trace_id
    assert span.attributes["shop.refusal.reason"] == "rate_limit"


def test_health_has_no_rate_limit(start_service: Start) -> None:
    client = start_service(Settings(rate_limit="1/hour"))

    assert [client.get("/healthz").status_code for _ in range(3)] == [200, 200, 200]


def test_client_gets_in_again_after_the_time_it_was_told(start_service: Start) -> None:
    client = start_service(Settings(rate_limit="2/second"))

    refused = next(answer for _ in range(10) if (answer := client.get("/orders/1")).status_code == 429)

    assert refused.headers["retry-after"] == "1"
    deadline = time.monotonic() + 1.5
    while client.get("/orders/1").status_code == 429:
        assert time.monotonic() < deadline


def test_subject_is_limited_whatever_its_address(
    start_service: Start, token_settings: dict[str, Any], issuer: Issuer
) -> None:
    client = start_service(Settings(**token_settings, rate_limit_subject="1/hour"))

    def ask(subject: str) -> int:
        token = issuer.token(sub=subject)
        return client.get("/orders", headers={"Authorization": f"Bearer {token}"}).status_code

    assert [ask("ann"), ask("ann"), ask("bob")] == [200, 429, 200]


def test_token_that_does_not_count_uses_up_nobodys_limit(
    start_service: Start, token_settings: dict[str, Any], issuer: Issuer
) -> None:
    client = start_service(Settings(**token_settings, rate_limit_subject="1/hour"))
    forged = issuer.token("two", header={"kid": "one"})

    statuses = [
        client.get("/orders", headers={"Authorization": f"Bearer {token}"}).status_code
        for token in (forged, forged, issuer.token())
    ]

    assert statuses == [401, 401, 200]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("no:address", "no:address"),
    ],
)
def test_client_is_its_address_or_its_network(address: str, counted: str) -> None:
    assert client_of({"client": (address, 1)}) == counted


def test_client_without_an_address_is_counted_too() -> None:
    assert client_of({"client": None}) == "unknown"


def test_windows_hold_a_bounded_number_of_keys() -> None:
    async def flood() -> BoundedWindows:
        windows = BoundedWindows(max_keys=100)
        for number in range(10_000):
            assert await windows.acquire_sliding_window_entry(f"key {number}", 5, 60)
        return windows

    assert asyncio.run(asyncio.wait_for(flood(), 10)).held == 100


def test_window_before_weighs_less_and_less(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [600.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    windows, item = BoundedWindows(max_keys=10), parse("4/minute")

    async def hits(count: int) -> int:
        return sum([await windows.acquire_sliding_window_entry("k", item.amount, 60) for _ in range(count)])

    full = asyncio.run(hits(9))
    now[0] = 600 + 60 + 30  # half of the next window: 4 / 2 + 2 = 4
    half = asyncio.run(hits(9))
    now[0] = 600 + 300
    assert (full, half, asyncio.run(hits(9))) == (4, 2, 4)


@pytest.mark.parametrize("rate", ["often", "10", "0/minute", "10/fortnight"])
def test_wrong_rate_is_an_error_that_shows_a_right_one(rate: str) -> None:
    with pytest.raises(ValidationError, match="100/minute"):
        Settings(rate_limit=rate)


def test_limit_of_subjects_without_tokens_is_an_error() -> None:
    with pytest.raises(ValidationError, match="set jwt_keys"):
        Settings(rate_limit_subject="1/minute")


@pytest.mark.parametrize("url", ["http://:pass-4711@redis", "redis://:pass-4711@redis:70000x"])
def test_wrong_address_of_redis_is_an_error_that_does_not_show_it(start_service: Start, url: str) -> None:
    with pytest.raises(ConfigurationError, match="RATE_LIMIT_REDIS_URL") as caught:
        start_service(Settings(rate_limit_redis_url=SecretStr(url)))

    assert "pass-4711" not in str(caught.value)
