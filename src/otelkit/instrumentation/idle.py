"""Whether there is anybody to tell: without an SDK an instrumentation costs as little as can be.

Proxies, which the API hands out before there is an SDK, know the real thing once there is one. That changes
with the global providers alone, so that these are all that is looked at before each operation.
"""

from typing import Any

from opentelemetry import trace
from opentelemetry.metrics import Instrument, NoOpHistogram
from opentelemetry.metrics import _internal as metrics
from opentelemetry.trace import NoOpTracer, Tracer

_NONE: Any = object()


class Idleness:
    """Asked before each operation; once there is an SDK that stays, it is not looked for again.

    Where a call of a function is too much, `tracers` and `meters` are compared with the global providers: as
    long as they are these, nobody is to be told.
    """

    __slots__ = ("_duration", "_may_be_idle", "_tracer", "meters", "tracers")

    def __init__(self, tracer: Tracer, duration: Instrument) -> None:
        self._tracer, self._duration = tracer, duration
        self._may_be_idle = True
        self.tracers = self.meters = _NONE

    def __call__(self) -> bool:
        """Say whether neither spans nor durations reach anybody."""
        if not self._may_be_idle:
            return False
        tracers, meters = trace._TRACER_PROVIDER, metrics._METER_PROVIDER  # noqa: SLF001 - not to make them
        if self.tracers is tracers and self.meters is meters:
            return True
        tracer = getattr(self._tracer, "_tracer", self._tracer)
        duration: Any = getattr(self._duration, "_real_instrument", self._duration)
        is_measured = not (duration is None or isinstance(duration, NoOpHistogram))
        self._may_be_idle = isinstance(tracer, NoOpTracer) and not is_measured
        self.tracers, self.meters = (tracers, meters) if self._may_be_idle else (_NONE, _NONE)
        return self._may_be_idle
