"""Fifty secrets go in by every door of a request; no exported byte and no log line has one of them.

What leaves is searched as bytes, not as decoded fields: a secret would be found wherever it is.
"""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from http_fastapi.settings import Settings
from otelkit.receiver import Accepted
from otelkit.signals import ExportRequest, Signal
from otelkit.testing import Sink

EACH = 10
HEADERS = ("authorization", "x-api-key", "proxy-authorization", "x-forwarded-for", "referer", "user", "from")


class Canaries:
    """Secrets that are handed out one by one, and remembered with the door they went in by."""

    def __init__(self) -> None:
        self.doors: dict[str, str] = {}

    def __call__(self, door: str) -> str:
        canary = uuid4().hex
        self.doors[canary] = door
        return canary

    def found_in(self, exported: bytes) -> list[str]:
        return [door for canary, door in self.doors.items() if canary.encode() in exported]


@pytest.fixture
def exported(otlp_sink: Sink) -> list[bytes]:
    """Every request that the exporters sent, as bytes."""
    kept: list[bytes] = []

    def keep(_: Signal, request: ExportRequest) -> Accepted:
        kept.append(request.SerializeToString())
        return Accepted()

    otlp_sink.answer(keep)
    return kept


def send_by_every_door(client: TestClient, canary: Canaries) -> None:
    for number in range(EACH):
        client.get(f"/orders/{number}", params={f"token{number}": canary("query"), "code": "1"})
        name = HEADERS[number] if number < len(HEADERS) else f"x-secret-{number}"
        client.get("/orders/1", headers={name: canary(f"header {name}")})
        client.get("/orders/1", headers={"cookie": f"session={canary('cookie')}"})
        wrong = {"item": "tea", "quantity": canary("body, wrong"), "password": canary("body, unknown")}
        client.post("/orders", json=wrong)
        client.post("/orders", content=f'{{"item": "{canary("body, no JSON")}', headers=JSON)
        client.post("/orders", json={"item": canary("body, accepted")})
        client.get("/orders/1", headers={"baggage": f"user.token={canary('baggage')}"})


JSON = {"content-type": "application/json"}


def add_failing_routes(app: FastAPI, canary: Canaries) -> None:
    def fail_with_chain() -> None:
        try:
            raise ValueError(canary("exception, cause"))
        except ValueError as error:
            raise RuntimeError(f"no connection: password={canary('exception')}") from error

    def fail_with_group() -> None:
        raise ExceptionGroup(canary("exception group"), [KeyError(canary("exception in a group"))])

    for path, fail in {"/chain": fail_with_chain, "/group": fail_with_group}.items():
        app.add_api_route(path, fail)


def test_no_secret_is_in_any_exported_byte_or_log_line(
    start_service: Callable[[Settings], TestClient],
    exported: list[bytes],
    capfd: pytest.CaptureFixture[str],
) -> None:
    canary = Canaries()
    client = start_service(Settings())
    assert isinstance(client.app, FastAPI)
    add_failing_routes(client.app, canary)

    send_by_every_door(client, canary)
    failed = [client.get(path).status_code for path in ("/chain", "/group") * 3]
    client.__exit__(None, None, None)  # exports the rest

    lines = capfd.readouterr().out
    assert failed == [500] * 6
    assert len(canary.doors) >= 50
    assert b"/orders/{order_id}" in b"".join(exported)
    assert canary.found_in(b"".join(exported)) == []
    assert canary.found_in(lines.encode()) == []
    assert all(json.loads(line) for line in lines.splitlines())
