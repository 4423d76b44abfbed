"""The certificate files of the OTLP variables, tried at start-up instead of at the first batch.

gRPC accepts any bytes as a certificate and fails at the handshake, again and again; Python's
`ssl` reads them now, so both protocols say at once what is wrong.
"""

import ssl
from collections.abc import Callable, Mapping
from pathlib import Path

from otelkit.environment import read
from otelkit.errors import ConfigurationError
from otelkit.export.destination import Destination


def read_tls_files(
    environ: Mapping[str, str], find: Callable[[str], str]
) -> tuple[Path | None, Path | None, Path | None]:
    """Trusted certificates, client key and client certificate, as far as they are set.

    Raises:
        ConfigurationError: a file is missing, not PEM, or one of key and certificate is alone.
    """
    certificate = read(environ, find("CERTIFICATE"), _trusted, None)
    key = read(environ, find("CLIENT_KEY"), _file, None)
    chain = read(environ, find("CLIENT_CERTIFICATE"), _file, None)
    if (key is None) != (chain is None):
        there, missing = (
            ("CLIENT_CERTIFICATE", "CLIENT_KEY") if chain else ("CLIENT_KEY", "CLIENT_CERTIFICATE")
        )
        raise ConfigurationError(f"{find(there)}={str(chain or key)!r}: set {find(missing)} too")
    if chain and key:
        _check_pair(find("CLIENT_CERTIFICATE"), chain, key)
    return certificate, key, chain


def client_context(destination: Destination) -> ssl.SSLContext:
    """TLS as this destination asks: the system's certificates unless it names its own."""
    context = ssl.create_default_context(cafile=destination.certificate)
    if destination.client_certificate:
        context.load_cert_chain(destination.client_certificate, destination.client_key)
    return context


def _check_pair(variable: str, chain: Path, key: Path) -> None:
    try:
        # An empty password: an encrypted key must not ask for one on the terminal.
        ssl.create_default_context().load_cert_chain(chain, key, password="")
    except (OSError, ValueError):
        message = "use a PEM certificate with its unencrypted private key"
        raise ConfigurationError(f"{variable}={str(chain)!r}: {message} (here {str(key)!r})") from None


def _trusted(text: str) -> Path:
    path = _file(text)
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):
        raise ValueError("this file holds no certificate: use PEM") from None
    return path


def _file(text: str) -> Path:
    try:
        Path(text).read_bytes()
    except OSError as error:
        raise ValueError(f"{error.strerror}: use the path of a readable PEM file") from None
    return Path(text)
