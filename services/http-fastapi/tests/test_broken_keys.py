"""The address of keys may be down, slow, broken or huge; requests go on with what there is."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from http_fastapi.issuer import Issuer
from http_fastapi.settings import Settings
from otelkit.testing.flaky import NO_REPLY, FlakyServer, Reply

Start = Callable[[Settings], TestClient]
AT_ONCE: dict[str, Any] = {"jwt_keys_cooldown_seconds": 0.001, "jwt_keys_timeout_seconds": 1.0}


@pytest.fixture
def address() -> Iterator[FlakyServer]:
    """Where an issuer publishes its keys."""
    with FlakyServer() as server:
        yield server


def ask(client: TestClient, token: str) -> int:
    return client.get("/orders", headers={"Authorization": f"Bearer {token}"}).status_code


BROKEN = {
    "down": None,
    "slow": NO_REPLY,
    "an error": Reply(500),
    "a redirect": Reply(302, {"Location": "http://127.0.0.1:1/"}),
    "no JSON": Reply(body=b"<html>"),
    "no keys": Reply(body=b'{"keys": []}'),
    "other shapes": Reply(body=b'{"keys": [1, null, {"kid": 3}, {"kid": "one", "kty": "RSA"}]}'),
    "deep": Reply(body=b"[" * 100_000),
    "huge": Reply(body=b" " * 65_536, times=1000),
}


@pytest.mark.parametrize("reply", BROKEN.values(), ids=BROKEN)
def test_address_that_fails_from_the_start_is_503_at_once_and_recovers(
    start_service: Start,
    token_settings: dict[str, Any],
    issuer: Issuer,
    address: FlakyServer,
    reply: Reply | None,
) -> None:
    address.usual = reply or Reply(500)
    url = address.url if reply else "http://127.0.0.1:1"
    client = start_service(Settings(**{**token_settings, "jwt_keys": url}, **AT_ONCE))

    begun = time.monotonic()
    answer = client.get("/orders", headers={"Authorization": f"Bearer {issuer.token()}"})

    assert time.monotonic() - begun < 3
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    address.usual = Reply(body=issuer.document("one"))
    assert ask(client, issuer.token()) == (200 if reply else 503)


@pytest.mark.parametrize("name", [name for name in BROKEN if name != "down"])
def test_keys_stay_while_their_address_fails(
    start_service: Start, token_settings: dict[str, Any], issuer: Issuer, address: FlakyServer, name: str
) -> None:
    address.script = [Reply(body=issuer.document("one"))]
    address.usual = BROKEN[name] or NO_REPLY
    client = start_service(Settings(**{**token_settings, "jwt_keys": address.url}, **AT_ONCE))
    assert ask(client, issuer.token("one")) == 200

    assert (ask(client, issuer.token("two")), ask(client, issuer.token("one"))) == (401, 200)


def test_old_keys_are_refreshed_while_requests_go_on(
    start_service: Start, token_settings: dict[str, Any], issuer: Issuer, address: FlakyServer
) -> None:
    address.script = [Reply(body=issuer.document("one"))]
    address.usual = NO_REPLY
    settings = {**token_settings, "jwt_keys": address.url, "jwt_keys_refresh_seconds": 0.001}
    client = start_service(Settings(**settings))

    deadline = time.monotonic() + 1  # of the fetch it is 2
    while len(address.received) < 2:
        assert ask(client, issuer.token("one")) == 200
        assert time.monotonic() < deadline
