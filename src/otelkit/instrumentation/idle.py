"""Whether there is anybody to tell: without an SDK an instrumentation costs as little as can be.

Proxies, which the API hands out before there is an SDK, know the real thing once there is one.
"""

from typing import Any

from opentelemetry.metrics import Instrument, NoOpHistogram
from opentelemetry.trace import NoOpTracer, Tracer


class Idleness:
    """Asked before each operation; once there is an SDK that stays, it is not looked for again."""

    __slots__ = ("_duration", "_may_be_idle", "_tracer")

    def __init__(self, tracer: Tracer, duration: Instrument) -> None:
        self._tracer, self._duration = tracer, duration
        self._may_be_idle = True

    def __call__(self) -> bool:
        """Say whether neither spans nor durations reach anybody."""
        if self._may_be_idle:
            tracer = getattr(self._tracer, "_tracer", self._tracer)
            duration: Any = getattr(self._duration, "_real_instrument", self._duration)
            is_measured = not (duration is None or isinstance(duration, NoOpHistogram))
            self._may_be_idle = isinstance(tracer, NoOpTracer) and not is_measured
        return self._may_be_idle
