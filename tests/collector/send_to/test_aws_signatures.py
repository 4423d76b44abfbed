"""Each request to AWS carries a signature (SigV4) for its service that AWS would compute, too.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re

import pytest

from otelkit.signals import Signal
from tests.collector.send_to.backends import BACKENDS, KEY
from tests.collector.send_to.delivery import Arrived
from tests.collector.send_to.recorder import Request

AWS = next(backend for backend in BACKENDS if backend.name == "aws-xray")
SERVICES = {Signal.TRACES: "xray", Signal.METRICS: "monitoring", Signal.LOGS: "logs"}
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8})/([\w-]+)/(\w+)/aws4_request, "
    r"SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})"
)


@pytest.mark.parametrize("signal", Signal)
def test_request_is_signed_for_its_service(arrived: Arrived, signal: Signal) -> None:
    for request in arrived(AWS).of(AWS.paths[signal]):
        found = _AUTHORIZATION.fullmatch(request.headers["authorization"])

        assert found
        key_id, day, region, service, signed, signature = found.groups()
        assert (key_id, region, service) == ("AKIDEXAMPLE", "eu-central-1", SERVICES[signal])
        assert signature == sign(request, KEY, (day, region, service), signed.split(";"))
        assert {"host", "x-amz-date"} <= set(signed.split(";"))


def test_a_changed_body_has_another_signature(arrived: Arrived) -> None:
    (request, *_) = arrived(AWS).requests
    changed = Request(request.method, request.path, request.headers, request.raw + b"!")
    scope = ("20260101", "eu-central-1", "xray")

    assert sign(request, KEY, scope, ["host"]) != sign(changed, KEY, scope, ["host"])


def sign(request: Request, secret: str, scope: tuple[str, str, str], signed: list[str]) -> str:
    """Compute the signature of a request as the service does."""
    headers = [f"{name}:{' '.join(request.headers[name].split())}\n" for name in signed]
    body = hashlib.sha256(request.raw).hexdigest()
    canonical = "\n".join([request.method, request.path, "", "".join(headers), ";".join(signed), body])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    place = "/".join([*scope, "aws4_request"])
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], place, digest])
    key = b"AWS4" + secret.encode()
    for part in (*scope, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()
