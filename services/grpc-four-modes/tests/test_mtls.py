"""Mutual TLS: both sides prove who they are; who cannot has no connection."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from grpc_four_modes.modes import reserve
from grpc_four_modes.settings import ClientSettings, Settings
from grpc_four_modes.sync_client import open_sync_client
from grpc_four_modes.sync_modes import reserve as sync_reserve
from grpc_four_modes.sync_server import serving_sync
from otelkit import Telemetry

OpenShop = Callable[..., Any]
NAME = "stock.shop.example"


class Authority:
    """Signs certificates; its own is at `path`."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(self._sign(self.key, self.name, ca=True))

    def issue(self, name: str) -> dict[str, Path]:
        """Give the settings of a process that proves to be `name`."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate, private = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(self._sign(key, subject, ca=False))
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
        return {"tls_certificate": certificate, "tls_key": private}

    def _sign(self, key: ec.EllipticCurvePrivateKey, subject: x509.Name, *, ca: bool) -> bytes:
        now = datetime.datetime.now(datetime.UTC)
        builder = x509.CertificateBuilder(self.name, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(hours=1))
        builder = builder.not_valid_after(now + datetime.timedelta(hours=1))
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Settings of the server, of a client that it knows, and of four that it should not serve."""
    folder = tmp_path_factory.mktemp("certificates")
    ours, strange = Authority(folder, "ours"), Authority(folder, "strange")
    trust = {"tls_ca": ours.path, "tls_server_name": NAME, "unary_seconds": 2.0, "wait_for_ready": False}
    return {
        "server": {**ours.issue("server"), "tls_ca": ours.path, "tls_server_name": NAME},
        "known": {**ours.issue("client"), **trust},
        "bare": trust,
        "strange": {**strange.issue("stranger"), **trust},
        "plain": {"unary_seconds": 2.0, "wait_for_ready": False},
        "deceived": {**ours.issue("client"), **trust, "tls_ca": strange.path},
    }


async def test_known_client_is_served_and_the_service_reaches_itself(
    open_shop: OpenShop, sides: dict[str, dict[str, Any]]
) -> None:
    async with open_shop(sides["known"], **sides["server"]) as client:
        assert (await reserve.call(client, "chair", 6)).supplied == 2


@pytest.mark.parametrize("who", ["bare", "strange", "plain", "deceived"])
async def test_nobody_else_has_a_connection(
    open_shop: OpenShop, sides: dict[str, dict[str, Any]], who: str
) -> None:
    async with open_shop(sides[who], **sides["server"]) as client:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await reserve.call(client, "tea", 1)

    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


def test_sync_server_and_client_do_the_same(telemetry: Telemetry, sides: dict[str, dict[str, Any]]) -> None:
    with serving_sync(Settings(port=0, **sides["server"])) as port:
        settings = ClientSettings(target=f"127.0.0.1:{port}", **sides["known"])
        with open_sync_client(settings) as client:
            assert sync_reserve.call(client, "chair", 6).supplied == 2


def test_certificate_without_its_key_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="give both or none"):
        Settings(tls_certificate=tmp_path / "leaf.pem")
