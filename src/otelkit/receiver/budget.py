"""A bound on the bytes of all requests in hand at once, over both protocols.

Many senders at once are answered "try again" rather than held in memory.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from otelkit.receiver.fault import busy

RETRY_AFTER_SECONDS = 1.0


class Budget:
    """Bytes that may be in hand at once; thread-safe."""

    def __init__(self, limit_bytes: int) -> None:
        self._left_bytes = limit_bytes
        self._lock = threading.Lock()

    def take(self, size_bytes: int) -> None:
        """Take bytes out of the budget; raises Fault (UNAVAILABLE, 503) when they are not there."""
        with self._lock:
            if size_bytes > self._left_bytes:
                raise busy(RETRY_AFTER_SECONDS)
            self._left_bytes -= size_bytes

    def give_back(self, size_bytes: int) -> None:
        """Return what was taken."""
        with self._lock:
            self._left_bytes += size_bytes

    @contextmanager
    def holding(self, size_bytes: int) -> Iterator[None]:
        """Hold bytes for the length of a block; raises Fault as `take` does."""
        self.take(size_bytes)
        try:
            yield
        finally:
            self.give_back(size_bytes)
