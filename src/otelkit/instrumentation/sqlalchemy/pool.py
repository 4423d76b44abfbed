"""One engine's pool: which connections are open, who waits, what is lent.

States are read from SQLAlchemy's records of connections, not counted along events: a record without a
connection was invalidated, disposed of or detached, however that came about.
"""

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, ref

from opentelemetry.context import Context
from opentelemetry.semconv._incubating.attributes.db_attributes import DB_CLIENT_CONNECTION_POOL_NAME
from sqlalchemy.engine import Engine
from sqlalchemy.pool import (
    ConnectionPoolEntry,
    NullPool,
    Pool,
    PoolProxiedConnection,
    QueuePool,
    SingletonThreadPool,
    StaticPool,
)

from otelkit.instrumentation.gathered import Gathered
from otelkit.instrumentation.sqlalchemy.server import pool_name_of

CREATED = "otelkit.created_seconds"
LENT = "otelkit.lent"
SEEN = "otelkit.seen"
_NO_CONTEXT = Context()


class PoolTimes(NamedTuple):
    """Where pools record what took how long."""

    create: Gathered
    wait: Gathered
    use: Gathered


class WatchedPool:
    """The pool of an engine, also after `dispose()` gave it another."""

    def __init__(self, engine: Engine, times: PoolTimes) -> None:
        self.name = pool_name_of(engine)
        self.attributes = {DB_CLIENT_CONNECTION_POOL_NAME: self.name}
        self._times = times
        self.pending: list[float] = []  # when each request began
        self._engine = ref(engine)
        self._records: WeakKeyDictionary[ConnectionPoolEntry, None] = WeakKeyDictionary()
        for record in _idle_records(engine.pool):
            self._records[record] = None

    def lend(self, connection: PoolProxiedConnection, begun: float, now: float) -> float:
        """Note a connection that was lent; gives the seconds of waiting without those of making it."""
        self._times.wait.record(now - begun, self.attributes, _NO_CONTEXT)
        record: ConnectionPoolEntry | None = getattr(connection, "_connection_record", None)
        info = record.record_info if record is not None else None
        if record is None or info is None:
            return now - begun
        info.setdefault(LENT, (self, now))
        if info.get(SEEN) is not self:
            info[SEEN] = self
            self._records[record] = None
        if CREATED not in info:
            return now - begun
        seconds = float(info.pop(CREATED))
        self._times.create.record(seconds, self.attributes, _NO_CONTEXT)
        return now - begun - seconds

    def take_back(self, seconds: float) -> None:
        """Note how long a connection was used."""
        self._times.use.record(seconds, self.attributes, _NO_CONTEXT)

    def count(self) -> tuple[int, int]:
        """Idle and used connections that are open now."""
        records = [record() for record in self._records.keyrefs()]
        used = [record.in_use for record in records if record is not None and record.dbapi_connection]
        return len(used) - sum(used), sum(used)

    def limits(self) -> dict[str, int]:
        """`max`, `idle_max` and `idle_min`, as far as the pool has them; none when the engine is gone."""
        engine = self._engine()
        return _limits_of(engine.pool) if engine is not None else {}


def _limits_of(pool: Pool) -> dict[str, int]:
    if isinstance(pool, QueuePool):
        size, overflow = pool.size(), getattr(pool, "_max_overflow", -1)
        if size == 0:  # no limit at all
            return {"idle_min": 0}
        limit = {"max": size + overflow} if overflow >= 0 else {}
        return {**limit, "idle_max": size, "idle_min": 0}
    if isinstance(pool, StaticPool):
        return {"max": 1, "idle_max": 1, "idle_min": 0}
    if isinstance(pool, SingletonThreadPool):
        return {"idle_max": pool.size, "idle_min": 0}
    return {"idle_max": 0, "idle_min": 0} if isinstance(pool, NullPool) else {}


def _idle_records(pool: Pool) -> list[Any]:
    """Give the connections that were opened before the engine was instrumented and now rest in its queue."""
    held = getattr(pool, "_pool", None)
    queue = getattr(held, "queue", None)  # of threads
    if queue is None:
        queue = getattr(getattr(held, "_queue", None), "_queue", ())  # of asyncio
    return list(queue or ())
