"""Lends connections with a look at the clock: wait, creation and use, pending requests, timeouts.

The wait is taken around `Engine.raw_connection`, by which every engine gets a connection: SQLAlchemy has an
event for a connection that was lent, none for one that is asked for. `wait_time` holds creating as well, as
the conventions (1.44) define it; for a finding it is taken off.
"""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from otelkit.instrumentation.sqlalchemy.engines import ENGINES, Watched
from otelkit.instrumentation.sqlalchemy.pool import CREATED, LENT


def lend(original: Callable[[Engine], PoolProxiedConnection], engine: Engine) -> PoolProxiedConnection:
    """Get a connection from the engine's pool, and measure that when the engine is watched."""
    watched = ENGINES.find(engine)
    if watched is None:
        return original(engine)
    request, begun = object(), time.perf_counter()
    watched.pool.pending.add(request)
    try:
        connection = original(engine)
    except PoolTimeoutError:
        _note_timeout(watched, time.perf_counter() - begun)
        raise
    finally:
        watched.pool.pending.discard(request)
    _note_lent(watched, connection, begun)
    return connection


def _note_lent(watched: Watched, connection: PoolProxiedConnection, begun: float) -> None:
    pool, telemetry, now = watched.pool, watched.telemetry, time.perf_counter()
    created_seconds = pool.lend(connection, (watched, now))
    if created_seconds:
        telemetry.pools.create.record(created_seconds, pool.attributes)
    telemetry.pools.wait.record(now - begun, pool.attributes)
    telemetry.findings.wait(now - begun - created_seconds, pool.name)


def _note_timeout(watched: Watched, seconds: float) -> None:
    watched.telemetry.pools.timeouts.add(1, watched.pool.attributes)
    watched.telemetry.findings.wait(seconds, watched.pool.name, timed_out=True)


def note_created(_connection: Any, record: ConnectionPoolEntry) -> None:
    """Keep how long creating took until the connection is lent; SQLAlchemy has noted when it began."""
    if record.record_info is not None:
        begun = getattr(record, "last_connect_time", 0.0)
        record.record_info[CREATED] = max(time.time() - begun, 1e-9) if begun else 0.0
        record.record_info.pop(LENT, None)


def note_returned(_connection: Any, record: ConnectionPoolEntry) -> None:
    """Record how long a connection was used."""
    lent: tuple[Watched, float] | None = (record.record_info or {}).pop(LENT, None)
    if lent is not None:
        watched, since = lent
        watched.telemetry.pools.use.record(time.perf_counter() - since, watched.pool.attributes)
