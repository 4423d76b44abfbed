"""Sliding windows in memory, as storage of the limits library.

Its own storage in memory starts a task for each request, which looks through all keys. Here a request costs
one dictionary entry, of which there are at most `max_keys`; the key seen first is forgotten for a new one,
so that a flood of addresses costs memory of a known size. Windows are aligned to the clock.
"""

import time
from math import floor

from limits.aio.storage import SlidingWindowCounterSupport, Storage


class BoundedWindows(Storage, SlidingWindowCounterSupport):
    """Counts requests of each key in the window under way and the one before."""

    STORAGE_SCHEME = None  # not for limits' registry of addresses

    def __init__(self, max_keys: int) -> None:
        super().__init__()
        self._max_keys = max_keys
        self._counts: dict[str, tuple[int, int, int]] = {}  # number of the window, its count, the one before

    @property
    def held(self) -> int:
        """How many keys are remembered."""
        return len(self._counts)

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Take `amount` if that leaves the weighted count within `limit`."""
        previous, left, current, _ = self._window(key, expiry)
        if floor(previous * left / expiry + current) + amount > limit:
            return False
        if key not in self._counts and len(self._counts) >= self._max_keys:
            del self._counts[next(iter(self._counts))]
        self._counts[key] = (int(time.time() // expiry), current + amount, previous)
        return True

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Count before, seconds for which it still weighs, count now, seconds until that weighs no more."""
        return self._window(key, expiry)

    async def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget the key."""
        self._counts.pop(key, None)

    def _window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        number, into = divmod(time.time(), expiry)
        stored, current, previous = self._counts.get(key, (-1, 0, 0))
        if stored != number:
            current, previous = 0, current if stored == number - 1 else 0
        return previous, expiry - into, current, 2 * expiry - into

    @property
    def base_exceptions(self) -> type[Exception]:
        """None that this storage raises."""
        return ValueError

    async def check(self) -> bool:
        """Memory is always there."""
        return True

    async def reset(self) -> int:
        """Forget all keys; returns how many."""
        count = len(self._counts)
        self._counts.clear()
        return count

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Not of a sliding window."""
        raise NotImplementedError

    async def get(self, key: str) -> int:
        """Not of a sliding window."""
        raise NotImplementedError

    async def get_expiry(self, key: str) -> float:
        """Not of a sliding window."""
        raise NotImplementedError

    async def clear(self, key: str) -> None:
        """Not of a sliding window."""
        raise NotImplementedError
