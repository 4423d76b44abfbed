"""Lends connections with a look at the clock: wait, creation and use, pending requests, timeouts.

The wait is taken around `Engine.raw_connection`, by which every engine gets a connection: SQLAlchemy has an
event for a connection that was lent, none for one that is asked for. `wait_time` holds creating as well, as
the conventions (1.44) define it; for a finding it is taken off.
"""

from collections.abc import Callable
from functools import wraps
from time import perf_counter, time
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from otelkit.instrumentation.sqlalchemy.engines import ATTRIBUTE, ENGINES, Watched
from otelkit.instrumentation.sqlalchemy.pool import CREATED, LENT, WatchedPool

RawConnection = Callable[[Engine], PoolProxiedConnection]


def measured(original: RawConnection) -> RawConnection:
    """Give a `raw_connection` that measures when its engine is watched."""

    @wraps(original)
    def raw_connection(self: Engine) -> PoolProxiedConnection:
        watched: Watched | None = self.dialect.__dict__.get(ATTRIBUTE) or ENGINES.find(self)
        if watched is None:
            return original(self)
        pool, begun = watched.pool, perf_counter()
        pool.pending.append(begun)
        try:
            connection = original(self)
        except PoolTimeoutError:
            _note_timeout(watched, perf_counter() - begun)
            raise
        finally:
            pool.pending.remove(begun)
        waited = pool.lend(connection, begun, perf_counter())
        if waited >= watched.wait_limit_seconds:
            watched.telemetry.findings.wait(waited, pool.name)
        return connection

    return raw_connection


def _note_timeout(watched: Watched, seconds: float) -> None:
    watched.telemetry.pools.timeouts.add(1, watched.pool.attributes)
    watched.telemetry.findings.wait(seconds, watched.pool.name, timed_out=True)


def note_created(_connection: Any, record: ConnectionPoolEntry) -> None:
    """Keep how long creating took until the connection is lent; SQLAlchemy has noted when it began."""
    if record.record_info is not None:
        begun = getattr(record, "last_connect_time", 0.0)
        record.record_info[CREATED] = max(time() - begun, 1e-9) if begun else 0.0
        record.record_info.pop(LENT, None)


def note_returned(_connection: Any, record: ConnectionPoolEntry) -> None:
    """Record how long a connection was used."""
    info = record.record_info
    lent: tuple[WatchedPool, float] | None = info.pop(LENT, None) if info else None
    if lent is not None:
        lent[0].take_back(perf_counter() - lent[1])
