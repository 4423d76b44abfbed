"""What makes SQLite behave as the servers do: real transactions, waiting for locks, a bound on statements.

Python's driver begins no transaction before DDL or SELECT, so that a failed migration would stay half done.
Its own BEGIN is switched off and ours sent instead, as SQLAlchemy's documentation of the dialect describes:
`BEGIN IMMEDIATE` for transactions that write, because two that begin as readers and both go on to write
cannot be saved by waiting: one gets "database is locked" at once.
"""

import time
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine

WRITES = "ledger_writes"  # execution option of transactions that will write
_CHECK_EVERY = 10_000  # instructions of SQLite's machine, well below a millisecond


def reading(engine: AsyncEngine) -> AsyncEngine:
    """Give a view of the engine whose transactions only read; servers need no such promise."""
    return engine.execution_options(**{WRITES: False})


def prepare_sqlite(engine: Engine, statement_seconds: float) -> None:
    """Register what every connection of this engine needs."""
    deadlines: dict[int, float] = {}  # by connection: a statement that runs longer is interrupted

    @event.listens_for(engine, "connect")
    def on_connect(dbapi_connection: Any, _: object) -> None:
        dbapi_connection.isolation_level = None
        key = id(dbapi_connection.driver_connection)
        cursor = dbapi_connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute(f"PRAGMA busy_timeout={int(statement_seconds * 1000)}")
        cursor.close()
        driver = dbapi_connection.driver_connection
        dbapi_connection.await_(
            driver.set_progress_handler(
                lambda: time.monotonic() > deadlines.get(key, float("inf")), _CHECK_EVERY
            )
        )

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITES, True):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # with a span: here one waits for other writers
        else:
            cursor = connection.connection.cursor()
            cursor.execute("BEGIN")
            cursor.close()

    @event.listens_for(engine, "before_cursor_execute")
    def on_execute(connection: Connection, *_: object) -> None:
        key = id(connection.connection.driver_connection)
        deadlines[key] = time.monotonic() + statement_seconds

    @event.listens_for(engine, "close")
    def on_close(dbapi_connection: Any, _: object) -> None:
        deadlines.pop(id(dbapi_connection.driver_connection), None)
