"""Tokens made to get in: each is refused, and none leaves a trace of itself."""

import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode
from starlette.testclient import TestClient

from http_fastapi.issuer import Issuer
from http_fastapi.settings import Settings
from otelkit.testing import Sink

Start = Callable[[Settings], TestClient]


@pytest.fixture
def guarded(start_service: Start, token_settings: dict[str, Any]) -> TestClient:
    return start_service(Settings(**token_settings))


def with_header(issuer: Issuer, header: object) -> str:
    """A good token's claims and signature below another header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    _, claims, signature = issuer.token().split(".")
    return f"{base64url_encode(text).decode()}.{claims}.{signature}"


def signed_with_the_public_key(issuer: Issuer) -> str:
    public = issuer.keys["one"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = with_header(issuer, {"alg": "HS256", "kid": "one"}).rpartition(".")[0]
    return f"{signed}.{base64url_encode(hmac.digest(public, signed.encode(), 'sha256')).decode()}"


def unsigned(issuer: Issuer) -> str:
    return with_header(issuer, {"alg": "none", "kid": "one"}).rpartition(".")[0] + "."


HOSTILE: dict[str, Callable[[Issuer], str]] = {
    "unsigned": unsigned,
    "unsigned, said otherwise": lambda issuer: with_header(issuer, {"alg": "nOnE", "kid": "one"}),
    "HS256 with the public key": signed_with_the_public_key,
    "signed by another key": lambda issuer: issuer.token("two", header={"kid": "one"}),
    "another algorithm": lambda issuer: issuer.token("curve", header={"kid": "one"}),
    "unknown kid": lambda issuer: issuer.token("two"),
    "kid is a path": lambda issuer: issuer.token(header={"kid": "../../dev/null"}),
    "kid is SQL": lambda issuer: issuer.token(header={"kid": "' OR 1=1 --"}),
    "kid is a number": lambda issuer: with_header(issuer, {"alg": "RS256", "kid": 1}),
    "kid is a list": lambda issuer: with_header(issuer, {"alg": "RS256", "kid": ["one"]}),
    "no kid": lambda issuer: with_header(issuer, {"alg": "RS256"}),
    "brings its key": lambda issuer: issuer.token(
        "two", header={"kid": "evil", "jku": "http://127.0.0.1:1/", "x5u": "http://127.0.0.1:1/"}
    ),
    "critical extension": lambda issuer: issuer.token(header={"crit": ["evil"], "evil": True}),
    "signature cut off": lambda issuer: issuer.token().rpartition(".")[0] + ".",
    "claims changed": lambda issuer: issuer.token().replace(".", ".A", 1),
    "huge": lambda issuer: issuer.token(padding="x" * 9000),
    "deep header": lambda issuer: with_header(issuer, b"[" * 5000),
    "header is a list": lambda issuer: with_header(issuer, ["RS256"]),
    "no JSON": lambda issuer: with_header(issuer, b"\xff\xfe"),
    "garbage": lambda _: "\xff\xfe.\x80.garbage",
    "empty": lambda _: "",
    "dots": lambda _: "..",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_token_is_refused_with_401(
    guarded: TestClient, issuer: Issuer, hostile: Callable[[Issuer], str]
) -> None:
    answer = guarded.get("/orders", headers={b"Authorization": f"Bearer {hostile(issuer)}".encode("latin-1")})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="orders", error="invalid_token"')


def test_good_token_passes_where_the_hostile_ones_do_not(guarded: TestClient, issuer: Issuer) -> None:
    assert guarded.get("/orders", headers={"Authorization": f"bEARER {issuer.token()}"}).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Bearer", "bearer"])
def test_two_tokens_and_other_schemes_are_refused(guarded: TestClient, issuer: Issuer, scheme: str) -> None:
    values = [("Authorization", f"{scheme} {issuer.token()}"), ("Authorization", f"Bearer {issuer.token()}")]

    assert guarded.get("/orders", headers=values).status_code == 401


def test_curve_keys_count_when_they_are_the_pinned_ones(
    start_service: Start, token_settings: dict[str, Any], issuer: Issuer
) -> None:
    Path(token_settings["jwt_keys"]).write_bytes(issuer.document("one", "curve"))
    guarded = start_service(Settings(**token_settings, jwt_algorithm="ES256"))

    by_curve = guarded.get("/orders", headers={"Authorization": f"Bearer {issuer.token('curve')}"})
    by_rsa = guarded.get("/orders", headers={"Authorization": f"Bearer {issuer.token('one')}"})

    assert (by_curve.status_code, by_rsa.status_code) == (200, 401)


@pytest.mark.parametrize("name", ["unsigned", "signed by another key", "unknown kid", "garbage"])
def test_no_part_of_a_refused_token_is_exported_or_answered(
    guarded: TestClient, issuer: Issuer, otlp_sink: Sink, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = HOSTILE[name](issuer).encode("latin-1")

    answer = guarded.get("/orders", headers={b"Authorization": b"Bearer " + token})

    otlp_sink.wait_for_metrics(lambda points: any(p.name == "shop.requests.refused" for p in points))
    exported = f"{otlp_sink.wait_for_spans(1)}{otlp_sink.logs()}{otlp_sink.metrics()}{caplog.text}"
    for part in filter(None, token.decode("latin-1").split(".")):
        assert part not in exported
        assert part not in answer.text + str(answer.headers)
