"""One bounded HTTP GET: a backend may be absent, slow, broken or huge, and each gives one clear line.

The one OTel decision: instrumentation is suppressed around the request: asking for a trace makes none.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

import requests
from opentelemetry.instrumentation.utils import suppress_instrumentation

_LARGEST_ANSWER_BYTES = 64 * 2**20
_CHUNK_BYTES = 64 * 2**10
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class BackendError(RuntimeError):
    """A backend did not answer, or not with what its API promises: address, status and body are named."""


TempoError = BackendError  # its name from when traces alone were read back


@dataclass(frozen=True)
class Answer:
    """Status (200 or 404) and whole body of one request."""

    NOT_FOUND: ClassVar[int] = 404
    url: str
    status: int
    body: bytes

    def unreadable(self, error: Exception) -> BackendError:
        """Make the error to raise when this body is not what was asked for."""
        return BackendError(f"{self.url} answered something unreadable ({error}): {self.body[:200]!r}")


class Fetcher:
    """GET below one base address; `timeout_seconds` bounds the whole request, body included."""

    def __init__(
        self, base_url: str, timeout_seconds: float, headers: Mapping[str, str] | None = None
    ) -> None:
        parts = urlsplit(base_url)
        if "@" in parts.netloc:  # errors show the address
            raise ValueError("a backend address with a password: give an Authorization header instead")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{base_url!r} is no backend address: expected http://host:port")
        self.base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._session = requests.Session()
        self._session.headers.update(headers or {})
        self._session.trust_env = parts.hostname not in _LOOPBACK  # a proxy cannot reach our loopback

    def __call__(self, path: str, *, accept: str, parameters: dict[str, str] | None = None) -> Answer:
        """Answer GET `path`. Raises BackendError for anything but a whole 200 or 404 in time."""
        url = f"{self.base_url}{path}"
        deadline = time.monotonic() + self._timeout_seconds
        try:
            with suppress_instrumentation(), self._get(url, accept, parameters) as response:
                body = self._read(response, deadline)
        except requests.RequestException as error:
            raise BackendError(f"{url} did not answer: {error}. Is the backend up?") from error
        if response.status_code not in (requests.codes.ok, Answer.NOT_FOUND):
            raise BackendError(f"{url} answered {response.status_code}: {body[:400]!r}")
        return Answer(url, response.status_code, body)

    def _get(self, url: str, accept: str, parameters: dict[str, str] | None) -> requests.Response:
        return self._session.get(
            url,
            params=parameters,
            headers={"Accept": accept},
            timeout=self._timeout_seconds,
            stream=True,
            allow_redirects=False,
        )

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK_BYTES):
            body += chunk
            if len(body) > _LARGEST_ANSWER_BYTES:
                raise BackendError(f"{response.url} answered more than {_LARGEST_ANSWER_BYTES >> 20} MiB")
            if time.monotonic() > deadline:
                raise BackendError(f"{response.url} was not done after {self._timeout_seconds:g} s")
        return bytes(body)
