"""How much one client may ask: sliding windows in memory, or in a Redis that all processes share.

While Redis does not answer in time, each process counts for itself, so a limit becomes that many limits as
there are processes; no request waits for longer than the timeout, and after a failure only one in each
cooldown asks at all. `shop.rate_limit.fallbacks` counts what was decided without Redis.
"""

import asyncio
from contextlib import suppress
from math import ceil

from limits import RateLimitItem
from limits.aio.storage import SlidingWindowCounterSupport
from limits.aio.storage.redis import RedisStorage
from opentelemetry import metrics
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from http_fastapi.protections.outage import Outage
from http_fastapi.protections.settings import ProtectionSettings
from http_fastapi.protections.windows import BoundedWindows
from otelkit import ConfigurationError

_CONNECTIONS = 32


class Limiter:
    """Decides by key, for all limits of an application. Raises ConfigurationError for a wrong address."""

    def __init__(self, settings: ProtectionSettings) -> None:
        self._local = BoundedWindows(settings.rate_limit_clients)
        self._timeout_seconds = settings.rate_limit_redis_timeout_seconds
        self._outage = Outage(settings.rate_limit_redis_cooldown_seconds)
        url = settings.rate_limit_redis_url.get_secret_value()
        self._pool = _pool(url, self._timeout_seconds) if url else None
        self._shared = _shared(url, self._pool) if self._pool else None
        self._fallbacks = metrics.get_meter(__name__).create_counter(
            "shop.rate_limit.fallbacks",
            unit="{request}",
            description="Rate limits decided by this process alone, because Redis did not answer.",
        )

    async def wait_seconds(self, item: RateLimitItem, *identifiers: str) -> int:
        """0: within the limit, and counted. Else how long until there is room again, rounded up."""
        key = item.key_for(*identifiers)
        if self._shared is None:
            return await _ask(self._local, item, key)
        if self._outage.may_try():
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    seconds = await _ask(self._shared, item, key)
            except Exception as error:  # noqa: BLE001 - whatever Redis does wrong, requests go on
                self._outage.begin(error)
            else:
                self._outage.end()
                return seconds
        self._fallbacks.add(1)
        return await _ask(self._local, item, key)

    async def aclose(self) -> None:
        """Close the connections to Redis."""
        if self._pool is not None:
            with suppress(Exception):
                await self._pool.disconnect()


async def _ask(windows: SlidingWindowCounterSupport, item: RateLimitItem, key: str) -> int:
    window_seconds = item.get_expiry()
    if await windows.acquire_sliding_window_entry(key, item.amount, window_seconds):
        return 0
    previous, left, current, current_left = await windows.get_sliding_window(key, window_seconds)
    if current < item.amount:  # `previous` weighs left / window, and less with every second
        seconds = left - (item.amount - current) * window_seconds / max(1, previous)
    else:  # it has to become the previous one first
        seconds = current_left - window_seconds
    return max(1, ceil(seconds))


def _shared(url: str, pool: BlockingConnectionPool) -> RedisStorage:
    # limits types its options as numbers and texts, and documents connection_pool as one of them.
    return RedisStorage(f"async+{url}", implementation="redispy", connection_pool=pool)  # type: ignore[arg-type]


def _pool(url: str, timeout_seconds: float) -> BlockingConnectionPool:
    try:
        return BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=timeout_seconds,
            socket_timeout=timeout_seconds,
            socket_connect_timeout=timeout_seconds,
            retry=Retry(NoBackoff(), 0),
        )
    except ValueError:  # the address may hold a password: it is not shown
        raise ConfigurationError(
            "HTTP_FASTAPI_RATE_LIMIT_REDIS_URL is no address of a Redis: use redis://host:6379/0"
        ) from None
