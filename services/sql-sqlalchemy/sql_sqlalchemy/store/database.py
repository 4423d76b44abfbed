"""Transactions: a function that runs in one, again when it collided or the connection went away.

The function must bear to run twice, also when nobody knows whether its last commit took place: ids are made
before the first attempt, so that it finds what it did. One OpenTelemetry decision: a retry is an event of the
span around the unit of work and one count, not a span; its statements are spans already.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn, TypeVar

from opentelemetry import metrics, trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from sql_sqlalchemy.store.errors import BusyError, SlowError, UnavailableError
from sql_sqlalchemy.store.faults import Fault, fault_of
from sql_sqlalchemy.store.sqlite import WRITES

T = TypeVar("T")
Work = Callable[[AsyncSession], Awaitable[T]]

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.02, 0.5
_REPEATED = (Fault.COLLISION, Fault.LOST)


class Database:
    """Runs work in transactions of one engine, for at most `retry_seconds` of attempts."""

    def __init__(self, engine: AsyncEngine, retry_seconds: float) -> None:
        self.engine = engine
        self._retry_seconds = retry_seconds
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._retries = metrics.get_meter(__name__).create_counter(
            "shop.transactions.retried", unit="{retry}", description="Transactions that ran once more."
        )

    async def read(self, work: Work[T]) -> T:
        """Run work that only reads; raises StoreError."""
        return await self._repeat(work, {WRITES: False, "postgresql_readonly": True})

    async def write(self, work: Work[T], *, repeatable_read: bool = False) -> T:
        """Run work that writes; it commits when it returns. Raises StoreError.

        With `repeatable_read`, what it read has not changed when it commits, or it runs again. MariaDB has
        that by default and SQLite lets one transaction write at a time.
        """
        snapshot = repeatable_read and self.engine.dialect.name == "postgresql"
        return await self._repeat(work, {"isolation_level": "REPEATABLE READ"} if snapshot else {})

    async def _repeat(self, work: Work[T], options: dict[str, Any]) -> T:
        deadline, attempt = time.monotonic() + self._retry_seconds, 1
        while True:
            try:
                async with self._sessions.begin() as session:
                    await session.connection(execution_options=options)
                    return await work(session)
            except Exception as error:  # noqa: BLE001 - _give_up() raises what is no fault again
                fault = fault_of(error)
                pause = _pause_after(attempt)
                if fault not in _REPEATED or time.monotonic() + pause > deadline:
                    _give_up(fault, error)
                self._note_retry(fault, attempt)
            await asyncio.sleep(pause)
            attempt += 1

    def _note_retry(self, fault: Fault, attempt: int) -> None:
        attributes: dict[str, str | int] = {ERROR_TYPE: fault.value}
        self._retries.add(1, attributes)
        span = trace.get_current_span()
        span.add_event("transaction retried", attributes | {"shop.transaction.attempt": attempt})


def _pause_after(attempt: int) -> float:
    """Full jitter: those that collided should not meet again."""
    longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(attempt, 10))
    return random.uniform(0, longest)  # noqa: S311 - no secret depends on it


def _give_up(fault: Fault | None, error: Exception) -> NoReturn:
    match fault:
        case Fault.POOL:
            raise BusyError("all connections to the database are in use") from error
        case Fault.SLOW:
            raise SlowError("the database took too long for a statement") from error
        case Fault.COLLISION:
            raise UnavailableError("the transaction collided with others at every attempt") from error
        case Fault.LOST:
            raise UnavailableError("the database does not answer") from error
    raise error
