"""Whether a container engine answers, asked before docker's client is built: without one that leaks a socket.

The address is what testcontainers would take: its properties file, DOCKER_HOST, the docker context, and
else docker's socket. Podman and others answer there as well.
"""

import socket
from importlib import import_module
from urllib.parse import urlsplit

from otelkit.testing.servers.probing import accepts
from otelkit.testing.servers.server import UnavailableError

_TIMEOUT_SECONDS = 2.0
_DEFAULT = "unix:///var/run/docker.sock"


def require_engine() -> None:
    """Return if an engine answers. Raises UnavailableError that names where none does."""
    try:
        client = import_module("testcontainers.core.docker_client")
    except ModuleNotFoundError:
        raise UnavailableError("testcontainers is not installed: pip install 'otelkit[containers]'") from None
    address = client.get_docker_host() or _DEFAULT
    if not engine_answers(address):
        raise UnavailableError(f"no container engine answers at {address}")


def engine_answers(address: str) -> bool:
    """Ask a local engine for `/_ping`; of one elsewhere only whether it accepts connections."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return _ping(parts.path)
    if parts.scheme in ("tcp", "http", "https"):
        return accepts(parts.hostname or "", parts.port or 2375)
    return True  # ssh:// and what else there may be: starting a container tells


def _ping(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_TIMEOUT_SECONDS)
        try:
            connection.connect(path)
            connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
            return b" 200 " in connection.recv(64)
        except OSError:
            return False
