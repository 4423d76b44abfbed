"""Where the JWKS document comes from: a file, or an address that may be down, slow, broken or huge.

The one OpenTelemetry decision: a fetch is nobody's request, so it is not part of the trace of the one that
happened to need it (see keys), and carries no baggage.
"""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from otelkit import ConfigurationError

MOST_BYTES = 262_144
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class KeySourceError(Exception):
    """The document cannot be had or used; the message says why and holds nothing of the document."""


class KeyFile:
    """A file, which may be replaced while the service runs."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes:
        """Read it. Raises KeySourceError."""
        try:
            with self._path.open("rb") as file:
                document = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise KeySourceError(f"cannot be read: {error.strerror}") from error
        return _bounded(document)

    async def fetch(self) -> bytes:
        """Read it in a thread: a file may be on a network."""
        return await asyncio.to_thread(self.read)


class KeyAddress:
    """An https address; http on the loopback. Redirects are not followed."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self._url, self._timeout_seconds = url, timeout_seconds

    async def fetch(self) -> bytes:
        """Ask for it, within the timeout altogether."""
        document = bytearray()
        try:
            async with (
                asyncio.timeout(self._timeout_seconds),
                httpx2.AsyncClient(follow_redirects=False) as client,
                client.stream("GET", self._url, headers={"Accept": "application/json"}) as answer,
            ):
                if answer.status_code != httpx2.codes.OK:
                    raise KeySourceError(f"the address answered {answer.status_code}")
                async for part in answer.aiter_bytes():
                    document += part
                    _bounded(document)
        except TimeoutError as error:
            raise KeySourceError(f"no whole answer within {self._timeout_seconds:g} s") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise KeySourceError(f"no answer ({type(error).__name__})") from error
        return bytes(document)


def key_source(text: str, timeout_seconds: float) -> KeyFile | KeyAddress:
    """Take a path or an address. Raises ConfigurationError for an address without TLS."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https"):
        return KeyFile(Path(text))
    if not parts.hostname or (parts.scheme == "http" and parts.hostname not in _LOOPBACK):
        raise ConfigurationError(
            f"HTTP_FASTAPI_JWT_KEYS={text!r}: use https, whoever is in between could forge keys"
        )
    return KeyAddress(text, timeout_seconds)


def _bounded(document: bytes | bytearray) -> bytes:
    if len(document) > MOST_BYTES:
        raise KeySourceError(f"the document is larger than {MOST_BYTES} bytes")
    return bytes(document)
