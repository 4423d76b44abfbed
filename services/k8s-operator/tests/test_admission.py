"""The admission webhook as the API server calls it: over TLS, with a review."""

import asyncio
import json
import socket
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from k8s_operator.admission import run_admission
from k8s_operator.settings import Settings
from k8s_operator.thread import in_thread
from otelkit import Telemetry
from otelkit.testing import Sink
from otelkit.testing.kubernetes.cluster import Cluster
from otelkit.testing.ports import free_port

TRACE = "0af7651916cd43dd8448eb211c80319c"
FROM_API = f"00-{TRACE}-b7ad6b7169203331-01"


def write_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    files = folder / "tls.crt", folder / "tls.key"
    files[0].write_bytes(certificate.public_bytes(pem))
    files[1].write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()))
    return files


class Webhook:
    """Asks as the API server does."""

    def __init__(self, port: int, certificate: Path) -> None:
        self._port, self._tls = port, ssl.create_default_context(cafile=str(certificate))

    def is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    async def review(
        self, path: str, spec: dict[str, Any], old: dict[str, Any] | None = None, **annotations: str
    ) -> dict[str, Any]:
        metadata = {"name": "tea", "namespace": "shop", "annotations": annotations}
        body = {"apiVersion": "shop.example.com/v1", "kind": "MyApp", "metadata": metadata, "spec": spec}
        request = {
            "uid": "1",
            "kind": {"group": "shop.example.com", "version": "v1", "kind": "MyApp"},
            "resource": {"group": "shop.example.com", "version": "v1", "resource": "myapps"},
            "name": "tea",
            "namespace": "shop",
            "operation": "UPDATE" if old else "CREATE",
            "userInfo": {"username": "ann", "uid": "", "groups": []},
            "object": body,
            "oldObject": {**body, **old} if old else None,
            "dryRun": False,
        }
        review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
        url = f"https://localhost:{self._port}{path}"
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=self._tls)) as session,
            session.post(url, json=review, headers={"traceparent": FROM_API}) as answer,
        ):
            answered: dict[str, Any] = (await answer.json())["response"]
            return answered


@pytest.fixture
async def webhook(
    cluster: Cluster, telemetry: Telemetry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Webhook]:
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig_of("operator")))
    certificate, key = write_certificate(tmp_path)
    port = free_port()
    settings = Settings(webhook_port=port, webhook_certificate=certificate, webhook_key=key)
    with in_thread(partial(run_admission, settings)):
        webhook = Webhook(port, certificate)
        async with asyncio.timeout(10):
            while not webhook.is_listening():  # noqa: ASYNC110 - another thread's state
                await asyncio.sleep(0.02)
        yield webhook


async def test_good_app_is_let_in(webhook: Webhook) -> None:
    answer = await webhook.review("/validate", {"image": "shop/tea:1"})

    assert answer["allowed"] is True


async def test_bad_app_is_refused_with_the_field_and_the_remedy(webhook: Webhook) -> None:
    answer = await webhook.review("/validate", {"image": "shop/tea:1", "replicas": -1})

    assert answer["allowed"] is False
    assert answer["status"]["message"] == "spec.replicas is -1: give a whole number from 0 to 100"


async def test_change_is_marked_with_the_trace_of_the_request(webhook: Webhook, otlp_sink: Sink) -> None:
    answer = await webhook.review("/mark", {"image": "shop/tea:1"})

    patch = json.loads(b64decode(answer["patch"]))
    written = json.dumps(patch)
    assert TRACE in written
    span = (await asyncio.to_thread(otlp_sink.wait_for_spans, 1))[0]
    assert (span.name, span.trace_id, span.parent_span_id) == ("mutating myapps", TRACE, "b7ad6b7169203331")
    assert span.span_id in written


async def test_mark_of_the_writer_stays(webhook: Webhook) -> None:
    answer = await webhook.review("/mark", {"image": "shop/tea:1"}, traceparent=FROM_API)

    assert "patch" not in answer


async def test_mark_of_an_earlier_change_is_replaced(webhook: Webhook) -> None:
    old = {"spec": {"image": "shop/tea:0"}}
    answer = await webhook.review("/mark", {"image": "shop/tea:1"}, old, traceparent=FROM_API)

    assert "patch" in answer


async def test_change_that_changes_nothing_is_not_marked(webhook: Webhook) -> None:
    old = {"spec": {"image": "shop/tea:1"}}
    answer = await webhook.review("/mark", {"image": "shop/tea:1"}, old, traceparent=FROM_API)

    assert "patch" not in answer
