"""How long to wait before the next offer.

Exponential with jitter, as OTLP asks, but capped at 5 s: memory is bounded elsewhere, so the
cap only decides how soon a returning Collector is found. A receiver's own wish goes first.
"""

import random

FIRST_SECONDS = 0.1
MOST_SECONDS = 5.0


class Backoff:
    """Doubles from 0.1 s to 5 s, each time between half and all of it."""

    def __init__(self) -> None:
        self._next_seconds = FIRST_SECONDS

    def next_seconds(self) -> float:
        """Return the next delay."""
        most, self._next_seconds = self._next_seconds, min(self._next_seconds * 2, MOST_SECONDS)
        return random.uniform(most / 2, most)  # noqa: S311 - jitter, not a secret

    def reset(self) -> None:
        """Begin again; the receiver answered."""
        self._next_seconds = FIRST_SECONDS
