"""Runtime metrics of this process and of CPython, from /proc, getrusage(2) and the garbage collector alone.

    RuntimeInstrumentor().instrument()

Semantic conventions 1.44, process metrics and CPython runtime metrics (both in development). Nothing is read
but when metrics are exported. Each reading is of the process that reads, so that a forked worker tells of
itself. What a system does not tell (memory, threads and descriptors, where there is no /proc) is not
reported. Contrib's system-metrics has 32 metrics, some under old names, says `type` for `cpu.mode`, has a
counter of what goes up and down (`process.runtime.cpython.gc_count`), and reads the process that it was made
in: docs/runtime-metrics.md.
"""

from collections.abc import Collection, Iterable
from typing import Any

from opentelemetry.instrumentation.instrumentor import (  # type: ignore[attr-defined]  # untyped module
    BaseInstrumentor,
)
from opentelemetry.metrics import CallbackOptions, Observation, get_meter

from otelkit.instrumentation.runtime.readings import READINGS, Kind, Reading

__all__ = ["RuntimeInstrumentor"]


class RuntimeInstrumentor(BaseInstrumentor):  # type: ignore[misc]  # untyped base
    """One for the process, as all instrumentors.

    Not together with contrib's: both have metrics of the same names. Under `opentelemetry-instrument` with
    both, set OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=system_metrics, which is contrib's name; ours is
    `otelkit_runtime`.
    """

    def instrumentation_dependencies(self) -> Collection[str]:
        """None but Python itself."""
        return ()

    def _instrument(self, **options: Any) -> None:
        """Make one observable instrument for each reading that works here; `meter_provider` may be given."""
        meter = get_meter(__name__, meter_provider=options.get("meter_provider"))
        self._switch = switch = _Switch()
        creators = {
            Kind.COUNTER: meter.create_observable_counter,
            Kind.UP_DOWN_COUNTER: meter.create_observable_up_down_counter,
        }
        for reading in READINGS:
            if reading.works():
                callback = switch.guard(reading)
                creators[reading.kind](reading.name, [callback], reading.unit, reading.description)

    def _uninstrument(self, **_: Any) -> None:
        self._switch.is_on = False  # the API has no way to take an observable instrument back


class _Switch:
    """Turns the readings of one `instrument()` off together."""

    def __init__(self) -> None:
        self.is_on = True

    def guard(self, reading: Reading) -> Any:
        def observe(_: CallbackOptions) -> Iterable[Observation]:
            return reading.observe() if self.is_on else ()

        return observe
