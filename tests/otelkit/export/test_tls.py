"""TLS with an own authority, and with a client certificate, over both protocols.

The certificates are made by the `openssl` command.
"""

import ssl
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from otelkit.export import read_destination
from otelkit.export.outcome import Accepted, Outcome, Retry
from otelkit.export.sender import make_sender
from otelkit.signals import WIRES, Signal

from .plain_http import Answers, serve


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("server", "client"):
        request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        files = ["-nodes", "-days", "1", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
        subject = ["-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        subprocess.run([*request, *files, *subject], cwd=folder, check=True, capture_output=True)
    return folder


@contextmanager
def _server(protocol: str, folder: Path) -> Iterator[int]:
    """Serve one signal to those who show the client's certificate."""
    if protocol == "grpc":
        with _grpc_server(folder) as port:
            yield port
        return
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=folder / "client.pem")
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    context.verify_mode = ssl.CERT_REQUIRED
    with serve(Answers(), context) as answers:
        yield answers.port


@contextmanager
def _grpc_server(folder: Path) -> Iterator[int]:
    credentials = grpc.ssl_server_credentials(
        [((folder / "server.key").read_bytes(), (folder / "server.pem").read_bytes())],
        (folder / "client.pem").read_bytes(),
        require_client_auth=True,
    )
    method = grpc.unary_unary_rpc_method_handler(lambda _request, _context: b"")
    handler = grpc.method_handlers_generic_handler(WIRES[Signal.TRACES].grpc_service, {"Export": method})
    with ThreadPoolExecutor(1) as pool:
        server = grpc.server(pool, [handler])
        port = server.add_secure_port("127.0.0.1:0", credentials)
        server.start()
        yield port
        server.stop(0).wait(5)


@pytest.fixture
def send(protocol: str, certificates: Path) -> Iterator[Callable[..., Outcome]]:
    with _server(protocol, certificates) as port:

        def once(**settings: str) -> Outcome:
            environ = {
                "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
                "OTEL_EXPORTER_OTLP_ENDPOINT": f"https://localhost:{port}",
            } | {f"OTEL_EXPORTER_OTLP_{name}": str(certificates / file) for name, file in settings.items()}
            sender = make_sender(read_destination(Signal.TRACES, environ))
            try:
                return sender.send(b"", 5)
            finally:
                sender.close()

        yield once


def test_an_own_authority_and_a_client_certificate_are_used(send: Callable[..., Outcome]) -> None:
    assert (
        send(CERTIFICATE="server.pem", CLIENT_CERTIFICATE="client.pem", CLIENT_KEY="client.key") == Accepted()
    )


def test_a_server_that_is_not_trusted_gets_nothing(send: Callable[..., Outcome]) -> None:
    assert isinstance(send(CLIENT_CERTIFICATE="client.pem", CLIENT_KEY="client.key"), Retry)


def test_a_server_that_asks_for_a_certificate_takes_nothing_without(send: Callable[..., Outcome]) -> None:
    assert isinstance(send(CERTIFICATE="server.pem"), Retry)
