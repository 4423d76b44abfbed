"""Whether errors rise: the last seconds held against the minutes before.

Decision: what counts is surprise, the errors above the expected ones in units of their chance deviation, so a
single error is no alarm and a service that always fails a little is none either. Both averages run by time,
not by number, or the higher rate of an incident would make it the rule within seconds.
"""

import math

FAST_HALF_LIFE_SECONDS, SLOW_HALF_LIFE_SECONDS = 15.0, 600.0
CALM, CERTAIN = 1.0, 3.0  # surprise at which the alarm begins, and at which it is full


class ErrorTrend:
    """The errors of one kind of request; `add` and `alarm` are called under a lock."""

    __slots__ = ("_at", "_entries", "_errors", "_expected", "_surprise")

    def __init__(self, now: float) -> None:
        self._at = now
        self._entries = self._errors = self._expected = self._surprise = 0.0

    def add(self, now: float, *, is_error: bool) -> None:
        """Count a request that has ended; `now` in seconds of a monotonic clock."""
        passed = max(0.0, now - self._at)
        kept = math.exp2(-passed / FAST_HALF_LIFE_SECONDS)
        self._at = now
        self._entries = self._entries * kept + 1
        self._errors = self._errors * kept + is_error
        share = self._errors / self._entries
        self._expected += (share - self._expected) * (1 - math.exp2(-passed / SLOW_HALF_LIFE_SECONDS))
        expected = self._expected * self._entries
        self._surprise = (self._errors - expected) / math.sqrt(expected + 1)

    def alarm(self, now: float) -> float:
        """Say from 0 (calm) to 1 how surely errors rise; it fades when nothing more is seen."""
        if self._surprise <= CALM:
            return 0.0
        faded = self._surprise * math.exp2((self._at - now) / FAST_HALF_LIFE_SECONDS)
        return min(1.0, max(0.0, (faded - CALM) / (CERTAIN - CALM)))
