"""Metrics of connection pools: times as histograms, states read from the pools when metrics are collected.

Semantic conventions 1.44, "Database client metrics": names `db.client.connection.*`. Pools of one name are
added up. A limit that a pool does not have has no value.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from weakref import WeakSet

from opentelemetry.metrics import CallbackOptions, Meter, Observation
from opentelemetry.semconv._incubating.attributes.db_attributes import (
    DB_CLIENT_CONNECTION_POOL_NAME,
    DB_CLIENT_CONNECTION_STATE,
    DbClientConnectionStateValues,
)
from opentelemetry.semconv._incubating.metrics import db_metrics as names

from otelkit.instrumentation.sqlalchemy.pool import PoolTimes, WatchedPool

IDLE = DbClientConnectionStateValues.IDLE.value
USED = DbClientConnectionStateValues.USED.value
_LIMITS = {
    names.DB_CLIENT_CONNECTION_IDLE_MAX: "idle_max",
    names.DB_CLIENT_CONNECTION_IDLE_MIN: "idle_min",
    names.DB_CLIENT_CONNECTION_MAX: "max",
}


class PoolMetrics:
    """All pools that are recorded with one meter."""

    def __init__(self, meter: Meter, times: PoolTimes, before: Callable[[], None]) -> None:
        self._before = before  # what must be done before metrics are collected
        self.times = times
        self.timeouts = meter.create_counter(
            names.DB_CLIENT_CONNECTION_TIMEOUTS,
            unit="{timeout}",
            description="The number of timeouts while obtaining a connection from the pool.",
        )
        self.watched: WeakSet[WatchedPool] = WeakSet()
        callbacks: dict[str, tuple[Callable[[CallbackOptions], Iterable[Observation]], str]] = {
            names.DB_CLIENT_CONNECTION_COUNT: (self._counts, "{connection}"),
            names.DB_CLIENT_CONNECTION_PENDING_REQUESTS: (self._pending, "{request}"),
            **{name: (self._limit(field), "{connection}") for name, field in _LIMITS.items()},
        }
        for name, (callback, unit) in callbacks.items():
            meter.create_observable_up_down_counter(name, [callback], unit=unit)

    def _counts(self, _: CallbackOptions) -> Iterator[Observation]:
        self._before()
        counts = Counter[tuple[str, str]]()
        for pool in list(self.watched):
            idle, used = pool.count()
            counts.update({(pool.name, IDLE): idle, (pool.name, USED): used})
        for (name, state), count in counts.items():
            yield _observed(count, name, {DB_CLIENT_CONNECTION_STATE: state})

    def _pending(self, _: CallbackOptions) -> Iterator[Observation]:
        return _added((pool.name, len(pool.pending)) for pool in list(self.watched))

    def _limit(self, field: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
        def observe(_: CallbackOptions) -> Iterator[Observation]:
            limits = ((pool.name, pool.limits().get(field)) for pool in list(self.watched))
            return _added((name, limit) for name, limit in limits if limit is not None)

        return observe


def _added(values: Iterable[tuple[str, int]]) -> Iterator[Observation]:
    sums = Counter[str]()
    for name, value in values:
        sums[name] += value
    return (_observed(value, name, {}) for name, value in sums.items())


def _observed(value: int, name: str, more: dict[str, Any]) -> Observation:
    return Observation(value, {DB_CLIENT_CONNECTION_POOL_NAME: name, **more})
