"""One engine for each kind of database, with a bound on everything that can wait.

Waiting is bounded four times: for a connection of the pool, for the server to accept one, for a statement on
the server, and (asyncpg) for its answer, because a frozen server ends no statement. Parameters never reach
error texts.
"""

from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from sql_sqlalchemy.settings import Settings
from sql_sqlalchemy.store.sqlite import prepare_sqlite

_ANSWER_SECONDS = 1.0  # how much longer than the statement its answer may take


def open_engine(url: URL, settings: Settings, *, pooled: bool = True) -> AsyncEngine:
    """Build an engine; nothing connects yet. Without a pool each connection is closed after its use."""
    kind = url.get_backend_name()
    pool: dict[str, Any] = {
        "poolclass": AsyncAdaptedQueuePool,
        "pool_size": settings.pool_size,
        "max_overflow": settings.pool_overflow,
        "pool_timeout": settings.pool_seconds,
        "pool_pre_ping": kind != "sqlite",  # a server that was restarted costs a ping, not a request
    }
    engine = create_async_engine(
        url,
        hide_parameters=True,
        connect_args=_connect_args(kind, settings.statement_seconds),
        **pool if pooled else {"poolclass": NullPool},
    )
    if kind == "sqlite":
        prepare_sqlite(engine.sync_engine, settings.statement_seconds)
    if kind in ("mysql", "mariadb"):
        _prepare_mariadb(engine, settings.statement_seconds)
    return engine


def _connect_args(kind: str, statement_seconds: float) -> dict[str, Any]:
    if kind == "postgresql":
        return {
            "timeout": statement_seconds,
            "command_timeout": statement_seconds + _ANSWER_SECONDS,
            "server_settings": {
                "application_name": "sql-sqlalchemy",
                "statement_timeout": str(int(statement_seconds * 1000)),
                "idle_in_transaction_session_timeout": "60000",
            },
        }
    if kind == "sqlite":
        return {"timeout": statement_seconds}
    return {"connect_timeout": statement_seconds, "charset": "utf8mb4"}


def _prepare_mariadb(engine: AsyncEngine, statement_seconds: float) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(dbapi_connection: Any, _: object) -> None:
        cursor = dbapi_connection.cursor()
        cursor.execute(f"SET SESSION max_statement_time={statement_seconds:g}")
        cursor.execute(f"SET SESSION innodb_lock_wait_timeout={max(1, int(statement_seconds))}")
        cursor.close()
