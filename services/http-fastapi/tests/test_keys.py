"""Keys come and go while the service runs, and only those count that fit."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.testclient import TestClient

from http_fastapi.issuer import Issuer
from http_fastapi.protections.key_set import keys_of
from http_fastapi.protections.key_source import KeySourceError
from http_fastapi.settings import Settings
from otelkit.errors import ConfigurationError
from otelkit.testing.flaky import FlakyServer, Reply

Start = Callable[[Settings], TestClient]
AT_ONCE: dict[str, Any] = {"jwt_keys_cooldown_seconds": 0.001, "jwt_keys_timeout_seconds": 1.0}


@pytest.fixture
def address() -> Iterator[FlakyServer]:
    """Where an issuer publishes its keys."""
    with FlakyServer() as server:
        yield server


def ask(client: TestClient, token: str) -> int:
    return client.get("/orders", headers={"Authorization": f"Bearer {token}"}).status_code


def test_file_with_a_new_key_counts_without_a_restart(
    start_service: Start, token_settings: dict[str, Any], issuer: Issuer
) -> None:
    client = start_service(Settings(**token_settings, **AT_ONCE))
    before = ask(client, issuer.token("two"))

    Path(token_settings["jwt_keys"]).write_bytes(issuer.document("two"))

    assert (before, ask(client, issuer.token("two")), ask(client, issuer.token("one"))) == (401, 200, 401)


def test_address_with_a_new_key_counts_without_a_restart(
    start_service: Start, token_settings: dict[str, Any], issuer: Issuer, address: FlakyServer
) -> None:
    address.usual = Reply(body=issuer.document("one"))
    client = start_service(Settings(**{**token_settings, "jwt_keys": address.url}, **AT_ONCE))
    assert ask(client, issuer.token("one")) == 200

    address.usual = Reply(body=issuer.document("one", "two"))

    assert (ask(client, issuer.token("two")), ask(client, issuer.token("one"))) == (200, 200)


def test_flood_of_unknown_keys_asks_the_address_once(
    start_service: Start, token_settings: dict[str, Any], issuer: Issuer, address: FlakyServer
) -> None:
    address.usual = Reply(body=issuer.document("one"))
    client = start_service(Settings(**{**token_settings, "jwt_keys": address.url}))

    with ThreadPoolExecutor(16) as clients:
        tokens = [issuer.token(header={"kid": f"made up {number}"}) for number in range(100)]
        statuses = list(clients.map(lambda token: ask(client, token), tokens))

    assert (set(statuses), len(address.received)) == ({401}, 1)
    assert ask(client, issuer.token("one")) == 200


def test_fetch_is_in_no_clients_trace_and_carries_no_baggage(
    start_service: Start, token_settings: dict[str, Any], issuer: Issuer, address: FlakyServer
) -> None:
    address.usual = Reply(body=issuer.document("one"))
    client = start_service(Settings(**{**token_settings, "jwt_keys": address.url}))
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    headers = {
        "Authorization": f"Bearer {issuer.token()}",
        "traceparent": f"00-{trace_id}-b7ad6b7169203331-01",
        "baggage": "tenant=canary-4711",
    }

    assert client.get("/orders", headers=headers).status_code == 200

    sent = str(address.received[0].headers)
    assert trace_id not in sent
    assert "canary-4711" not in sent


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("there-is-none.json", "cannot be read: No such file"),
        ("http://issuer.example/jwks", "use https"),
        ("/dev/null", "no JWKS"),
    ],
)
def test_keys_that_cannot_be_used_end_the_start(
    start_service: Start, token_settings: dict[str, Any], keys: str, told: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"HTTP_FASTAPI_JWT_KEYS.*{told}"):
        start_service(Settings(**{**token_settings, "jwt_keys": keys}))


def test_keys_that_do_not_fit_the_pinned_algorithm_are_no_keys(issuer: Issuer) -> None:
    (good,) = json.loads(issuer.document("one"))["keys"]
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 - that it is refused is the point
    weak = RSAAlgorithm.to_jwk(short.public_key(), as_dict=True)
    private = RSAAlgorithm.to_jwk(issuer.keys["two"], as_dict=True)
    (curve,) = json.loads(issuer.document("curve"))["keys"]
    others: list[dict[str, Any]] = [
        {**weak, "kid": "weak"},
        {**private, "kid": "private"},
        {**good, "kid": "for encryption", "use": "enc"},
        {**good, "kid": "of another algorithm", "alg": "PS256"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"},
        curve,
    ]

    assert list(keys_of(json.dumps({"keys": [*others, good]}).encode(), "RS256")) == ["one"]
    for other in others:
        with pytest.raises(KeySourceError, match="no public key with a kid for RS256"):
            keys_of(json.dumps({"keys": [other]}).encode(), "RS256")
