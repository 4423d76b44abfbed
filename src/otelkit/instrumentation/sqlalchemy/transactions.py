"""Transactions as one span each, by setting: around its queries, from BEGIN until COMMIT or ROLLBACK is done.

SQLAlchemy's events come before the database commits, so the end is seen in the dialect's `do_commit` and
`do_rollback`, which a dialect with this setting gets for itself. A transaction after one under the same span
that failed and could be tried again is its next attempt, and links to it. The conventions (1.44) have
nothing for transactions: names are ours.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from opentelemetry.context import Context, get_current
from opentelemetry.trace import (
    INVALID_SPAN,
    Link,
    SpanKind,
    get_current_span,
)
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from otelkit.instrumentation.sqlalchemy.engines import ENGINES, Watched
from otelkit.instrumentation.sqlalchemy.transaction import ATTEMPT, Transaction

NAME = "TRANSACTION"
_ATTRIBUTE = "_otelkit_transaction"  # of a connection while its transaction is open
_ENDS = {
    "do_commit": "commit",
    "do_rollback": "rollback",
    "do_commit_twophase": "commit",
    "do_rollback_twophase": "rollback",
}


def _begin(conn: Connection, *_: Any) -> None:
    """Start the span of a transaction."""
    watched = ENGINES.known(conn.dialect)
    if watched is None:  # taken out since
        return
    current = get_current_span()
    parent = watched.telemetry.parents.of(current) if current is not INVALID_SPAN else None
    attempt = parent.failed_attempts + 1 if parent is not None else 1
    last = parent.last_attempt if parent is not None else None
    span = watched.telemetry.tracer.start_span(
        NAME,
        get_current(),
        SpanKind.INTERNAL,
        {**watched.server, ATTEMPT: attempt},
        [Link(last)] if last is not None else [],
    )
    conn.__dict__[_ATTRIBUTE] = Transaction(span, parent)


def context_of(execution: Any, otherwise: Context) -> Context:
    """Give the context for a query: in its connection's transaction when there is one."""
    transaction = _open_in(execution)
    return transaction.context if transaction is not None else otherwise


def note_error(execution: Any, error: BaseException) -> None:
    """Keep the error of a query for its transaction."""
    transaction = _open_in(execution)
    if transaction is not None:
        transaction.error = error


def _open_in(execution: Any) -> Transaction | None:
    return None if execution is None else execution.root_connection.__dict__.get(_ATTRIBUTE)


def _before_end(conn: Connection, *_: Any) -> None:
    """Hand the transaction to the dialect's commit or rollback, which follows."""
    transaction: Transaction | None = conn.__dict__.pop(_ATTRIBUTE, None)
    watched = ENGINES.known(conn.dialect)
    if transaction is None:
        return
    if watched is None or conn.closed or conn.invalidated:  # nothing follows that we see
        transaction.end("rollback")
    else:
        watched.ending[id(conn.connection)] = transaction


def _before_twophase_end(conn: Connection, *_: Any) -> None:
    transaction: Transaction | None = conn.__dict__.pop(_ATTRIBUTE, None)
    watched = ENGINES.known(conn.dialect)
    if transaction is not None and watched is not None:
        watched.ending[id(conn)] = transaction


def _ending(watched: Watched, outcome: str, original: Callable[..., None]) -> Callable[..., None]:
    def end(connection: Any, *args: Any, **more: Any) -> None:
        transaction: Transaction | None = watched.ending.pop(id(connection), None)
        try:
            original(connection, *args, **more)
        except BaseException as error:
            if transaction is not None:
                transaction.error = error
                transaction.end("failed")
            raise
        if transaction is not None:
            transaction.end(outcome)

    return end


_LISTENERS: dict[str, Callable[..., None]] = {
    "begin": _begin,
    "begin_twophase": _begin,
    "commit": _before_end,
    "rollback": _before_end,
    "commit_twophase": _before_twophase_end,
    "rollback_twophase": _before_twophase_end,
}


def trace_transactions(watched: Watched, engine: Engine) -> None:
    """Put spans around an engine's transactions."""
    for name, listener in _LISTENERS.items():
        event.listen(engine, name, listener)
    for name, outcome in _ENDS.items():
        watched.replace(engine.dialect, name, partial(_ending, watched, outcome))
