"""Which share of each kind of request is wanted, before the budget has its say.

Decision: a kind is a span name. Names past the bound, which an instrumentation with ids in its names makes,
share one entry, so memory is bounded and such a service is treated as a whole.
"""

import os
from collections.abc import Callable
from threading import Lock

from otelkit.sampling.errors import ErrorTrend

NAMES = 500
OTHERS = "otelkit: all other names"


class Rates:
    """The calm `ratio`, and up to 1 for a name whose errors rise."""

    def __init__(self, ratio: float, clock: Callable[[], float]) -> None:
        self.ratio = ratio
        self._clock = clock
        self._trends: dict[str, ErrorTrend] = {}
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._pid, self._lock = os.getpid(), Lock()

    def wanted(self, name: str) -> float:
        """Give the probability that is wanted for a request of this name."""
        trend = self._trends.get(name) or self._trends.get(OTHERS)
        if trend is None or not (alarm := trend.alarm(self._clock())):
            return self.ratio
        return self.ratio + (1 - self.ratio) * alarm

    def observe(self, name: str, *, is_error: bool) -> None:
        """Take in how a request of this name has ended."""
        if self._pid != os.getpid():
            self._begin_anew()  # a fork may have copied the lock while another thread held it
        with self._lock:
            now = self._clock()
            trend = self._trends.get(name)
            if trend is None:
                name = name if len(self._trends) < NAMES else OTHERS
                trend = self._trends.setdefault(name, ErrorTrend(now))
            trend.add(now, is_error=is_error)
