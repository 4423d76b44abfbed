"""Size of each pool, what of it is in use, and how long one waits for it.

OpenTelemetry decision: what `db.client.connection.*` is for databases, under names of our own, because the
conventions have nothing for pools of messaging. Gauges are asked for when metrics are collected.
"""

from collections.abc import Iterable
from typing import Protocol

from opentelemetry.metrics import CallbackOptions, Meter, Observation

NAME, STATE = "shop.pool.name", "shop.pool.state"
BOUNDARIES_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)


class Counted(Protocol):
    """What a pool says of itself."""

    size: int
    in_use: int

    @property
    def idle(self) -> int: ...


class PoolMetrics:
    """Instruments for all pools of one process; made once for each meter provider."""

    def __init__(self, meter: Meter) -> None:
        self._pools: dict[str, Counted] = {}
        meter.create_observable_up_down_counter(
            "shop.pool.count", [self._counts], "{item}", "Items of a pool by state."
        )
        meter.create_observable_up_down_counter(
            "shop.pool.max", [self._sizes], "{item}", "Items that a pool may have."
        )
        self._waits = meter.create_histogram(
            "shop.pool.wait_time",
            "s",
            "Time that it took to get an item of a pool.",
            explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS,
        )

    def watch(self, name: str, pool: Counted) -> None:
        """Show a pool under a name; one that had it before is forgotten."""
        self._pools[name] = pool

    def record_wait(self, name: str, seconds: float) -> None:
        """Measure one wait for an item."""
        self._waits.record(seconds, {NAME: name})

    def _counts(self, _: CallbackOptions) -> Iterable[Observation]:
        for name, pool in self._pools.items():
            yield Observation(pool.in_use, {NAME: name, STATE: "used"})
            yield Observation(pool.idle, {NAME: name, STATE: "idle"})

    def _sizes(self, _: CallbackOptions) -> Iterable[Observation]:
        return [Observation(pool.size, {NAME: name}) for name, pool in self._pools.items()]
