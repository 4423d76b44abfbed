"""Whether to ask something that failed a moment ago: one try in each cooldown, two log lines per outage."""

import logging
import time

_log = logging.getLogger(__name__)


class Outage:
    """Between `begin` and `end`, `may_try` lets one caller through in each `cooldown_seconds`."""

    def __init__(self, cooldown_seconds: float) -> None:
        self._cooldown_seconds = cooldown_seconds
        self._next_try = 0.0  # 0: there is no outage

    def may_try(self) -> bool:
        """Ask before each try."""
        if not self._next_try:
            return True
        now = time.monotonic()
        if now < self._next_try:
            return False
        self._next_try = now + self._cooldown_seconds
        return True

    def begin(self, error: Exception) -> None:
        """Say that a try failed; the error's text is not logged, it may hold an address with a password."""
        if not self._next_try:
            _log.warning(
                "rate limits are counted by each process alone: Redis does not answer (%s)",
                type(error).__name__,
            )
        self._next_try = time.monotonic() + self._cooldown_seconds

    def end(self) -> None:
        """Say that a try succeeded."""
        if self._next_try:
            self._next_try = 0.0
            _log.info("rate limits are counted in Redis again")
