"""Rate limits counted in a real Redis: shared, and no request waits for a Redis that is gone or silent."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from http_fastapi.issuer import Issuer
from http_fastapi.server import create_app
from http_fastapi.settings import Settings
from otelkit import Telemetry
from otelkit.testing import Sink
from otelkit.testing.servers.server import Server

pytestmark = pytest.mark.integration
Start = Callable[[Settings], TestClient]
Limited = Callable[..., TestClient]
RECOVERY_SECONDS = 5
PATIENT = {"rate_limit_redis_timeout_seconds": 5.0}  # where the count matters, not the time


@pytest.fixture
def limited(start_service: Start) -> Limited:
    def start(server: Server, limit: str, **settings: Any) -> TestClient:
        return start_service(
            Settings(rate_limit=limit, rate_limit_redis_url=SecretStr(server.url), **settings)
        )

    return start


def fallbacks(sink: Sink) -> float:
    points = sink.wait_for_metrics(lambda all_: any(p.name == "shop.rate_limit.fallbacks" for p in all_))
    return max(p.value or 0 for p in points if p.name == "shop.rate_limit.fallbacks")


def test_processes_share_one_limit(own_redis_server: Server, limited: Limited) -> None:
    first = limited(own_redis_server, "3/hour", **PATIENT)
    assert isinstance(first.app, FastAPI)
    settings: Settings = first.app.state.settings

    with TestClient(create_app(settings, Telemetry(None))) as second:
        statuses = [client.get("/orders/1").status_code for client in (first, second) * 3]

    assert statuses == [404, 404, 404, 429, 429, 429]


def test_refusal_counted_in_redis_says_when_to_come_again(own_redis_server: Server, limited: Limited) -> None:
    client = limited(own_redis_server, "1/minute", **PATIENT)
    client.get("/orders/1")

    refused = client.get("/orders/1")

    assert refused.status_code == 429
    assert 55 <= int(refused.headers["retry-after"]) <= 60


def test_redis_killed_midway_slows_nothing_and_is_counted_and_used_again(
    own_redis_server: Server, limited: Limited, otlp_sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    client = limited(own_redis_server, "100000/hour", rate_limit_redis_cooldown_seconds=0.2)
    assert client.get("/orders/1").status_code == 404

    own_redis_server.kill()
    slowest = 0.0
    for _ in range(50):
        begun = time.monotonic()
        assert client.get("/orders/1").status_code == 404
        slowest = max(slowest, time.monotonic() - begun)

    assert slowest < 0.5  # the timeout is 0.1
    assert fallbacks(otlp_sink) > 0
    assert [r.getMessage() for r in caplog.records if "Redis does not answer" in r.getMessage()] == [
        "rate limits are counted by each process alone: Redis does not answer (ConnectionError)"
    ]
    own_redis_server.restart()
    deadline = time.monotonic() + RECOVERY_SECONDS
    while "counted in Redis again" not in caplog.text:
        client.get("/orders/1")
        assert time.monotonic() < deadline


def test_silent_redis_costs_one_request_its_timeout_and_the_others_nothing(
    own_redis_server: Server, limited: Limited
) -> None:
    client = limited(own_redis_server, "100000/hour", rate_limit_redis_cooldown_seconds=60)
    client.get("/orders/1")

    own_redis_server.freeze()
    begun = time.monotonic()
    statuses = {client.get("/orders/1").status_code for _ in range(20)}
    own_redis_server.thaw()

    assert statuses == {404}
    assert time.monotonic() - begun < 1  # 20 timeouts would be two seconds


def test_answers_that_came_too_late_are_not_taken_for_others(
    own_redis_server: Server, limited: Limited
) -> None:
    brief = {"rate_limit_redis_cooldown_seconds": 0.001, "rate_limit_redis_timeout_seconds": 0.3}
    client = limited(own_redis_server, "5/hour", **brief)
    assert [client.get("/orders/1").status_code for _ in range(6)][-1] == 429
    own_redis_server.freeze()
    client.get("/orders/1")
    own_redis_server.thaw()

    assert {client.get("/orders/1").status_code for _ in range(10)} == {429}


def test_each_process_limits_by_itself_while_redis_is_gone(
    own_redis_server: Server, limited: Limited
) -> None:
    own_redis_server.kill()
    client = limited(own_redis_server, "3/hour")

    assert [client.get("/orders/1").status_code for _ in range(5)] == [404, 404, 404, 429, 429]


def test_shared_redis_counts_subjects_too(
    redis_server: Server, limited: Limited, token_settings: dict[str, Any], issuer: Issuer
) -> None:
    client = limited(redis_server, "9999/hour", **token_settings, **PATIENT, rate_limit_subject="1/hour")
    headers = {"Authorization": f"Bearer {issuer.token(sub=str(uuid4()))}"}

    assert [client.get("/orders", headers=headers).status_code for _ in range(2)] == [200, 429]
