"""One warning a minute for each kind of trouble, with the count of what the minute held.

An outage at full load drops thousands of items a second; a line for each would be a second
outage, and with log export on it would feed the queue that is full.
"""

import logging
import time
from collections.abc import Callable
from threading import RLock

INTERVAL_SECONDS = 60.0


class SummaryLog:
    """Logs the first trouble of a kind at once, and later ones together when the minute is over."""

    def __init__(self, logger: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._logger = logger
        self._clock = clock
        self._lock = RLock()  # a signal handler may lose an item amid a loss
        self._held: dict[str, int] = {}
        self._next_at: dict[str, float] = {}

    def note(self, kind: str, count: int, sentence: str) -> None:
        """Count trouble of a kind. `sentence` says what it is; `{count}` in it becomes the sum."""
        now = self._clock()
        with self._lock:
            total = self._held.pop(kind, 0) + count
            if now < self._next_at.get(kind, now):
                self._held[kind] = total
                return
            self._next_at[kind] = now + INTERVAL_SECONDS
        self._logger.warning("%s", sentence.replace("{count}", str(total)))

    def forget_inherited(self) -> None:
        """In a forked child: begin anew."""
        self._lock = RLock()
        self._held, self._next_at = {}, {}
