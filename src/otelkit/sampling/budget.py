"""A budget of spans per second: a bucket that time fills and every sampled span takes from.

Decision: an empty bucket does not refuse, which would be a choice that no probability describes; instead the
probability falls as the bucket empties, so what is recorded stays true. Until half is gone nothing is held
back. Spans that callers decided on take from it, too. Each process has its own: eight workers, eight times as
much.
"""

import os
import time
from collections.abc import Callable
from threading import Lock

from otelkit.self_metrics.tallies import Tally

BURST_SECONDS = 5.0
DEBT_SECONDS = 60.0  # what callers force beyond the budget is owed for no longer
LEAST = 1 / 1024  # never nothing: what has no chance at all cannot be counted up


class SpanBudget:
    """How much of the wanted rate the budget allows; `spend()` is called for each sampled span."""

    def __init__(self, spans_per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.spans_per_second = spans_per_second
        self.capacity = spans_per_second * BURST_SECONDS
        self._clock = clock
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._pid = os.getpid()
        self._lock = Lock()  # a fork may have copied it while another thread held it
        self._spent, self._settled = Tally(), 0
        self.spend = self._spent.add
        self._tokens, self._at = self.capacity, self._clock()

    def allowance(self) -> float:
        """Give the share of the wanted rate that there are spans for, from LEAST to 1."""
        if self._pid != os.getpid():
            self._begin_anew()
        with self._lock:
            now, spent = self._clock(), self._spent.value()
            filled = (now - self._at) * self.spans_per_second - (spent - self._settled)
            self._at, self._settled = now, spent
            least = -DEBT_SECONDS * self.spans_per_second
            self._tokens = max(least, min(self.capacity, self._tokens + filled))
            return min(1.0, max(LEAST, 2 * self._tokens / self.capacity))
