"""The keys that tokens are verified with: kept, refreshed in the background, fetched for an unknown kid.

Anybody can send a token with a made-up kid. So there is one fetch at a time, none within the cooldown after
the last, and a bounded number of requests that wait for one. When a fetch fails, the keys stay as they were.
"""

import asyncio
import logging
import time
from contextvars import Context
from typing import Any

from http_fastapi.protections.key_set import keys_of
from http_fastapi.protections.key_source import KeyFile, KeySourceError, key_source
from http_fastapi.protections.settings import ProtectionSettings
from otelkit import ConfigurationError

_MOST_WAITING = 64
_log = logging.getLogger(__name__)


class KeysUnavailableError(Exception):
    """No key is known, or too many requests wait for one: the token may well be good."""


class Keys:
    """Raises ConfigurationError for a file that has no usable key; an address may come up later."""

    def __init__(self, settings: ProtectionSettings) -> None:
        self._algorithm = settings.jwt_algorithm
        self._refresh_seconds = settings.jwt_keys_refresh_seconds
        self._cooldown_seconds = settings.jwt_keys_cooldown_seconds
        self._source = key_source(settings.jwt_keys, settings.jwt_keys_timeout_seconds)
        self._keys: dict[str, Any] = {}
        self._tried = -self._cooldown_seconds  # when the last fetch began, on the clock of _now()
        self._task: asyncio.Task[None] | None = None
        self._waiting = 0
        if isinstance(self._source, KeyFile):
            try:
                self._keys = keys_of(self._source.read(), self._algorithm)
            except KeySourceError as error:
                raise ConfigurationError(f"HTTP_FASTAPI_JWT_KEYS={settings.jwt_keys}: {error}") from error
            self._tried = _now()

    async def find(self, kid: str) -> Any:
        """The key of that id, or None. Raises KeysUnavailableError."""
        key = self._keys.get(kid)
        if key is not None:
            if _now() - self._tried > self._refresh_seconds:
                self._start()  # and use what we have meanwhile
            return key
        if self._task is None and _now() - self._tried >= self._cooldown_seconds:
            self._start()
        if self._task is not None:
            await self._wait(self._task)
        if not self._keys:
            raise KeysUnavailableError
        return self._keys.get(kid)

    async def aclose(self) -> None:
        """End a fetch that is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _wait(self, task: "asyncio.Task[None]") -> None:
        if self._waiting >= _MOST_WAITING:
            raise KeysUnavailableError
        self._waiting += 1
        try:
            await asyncio.shield(task)
        finally:
            self._waiting -= 1

    def _start(self) -> None:
        if self._task is None:
            self._tried = _now()
            # In a context of its own: neither the trace nor the baggage of the request that came first.
            self._task = asyncio.get_running_loop().create_task(self._fetch(), context=Context())

    async def _fetch(self) -> None:
        try:
            self._keys = keys_of(await self._source.fetch(), self._algorithm)
        except KeySourceError as error:
            _log.warning("the keys for tokens could not be refreshed: %s", error)
        finally:
            self._task = None


def _now() -> float:
    return time.monotonic()
