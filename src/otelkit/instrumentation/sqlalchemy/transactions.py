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
    Span,
    SpanKind,
    Status,
    StatusCode,
    get_current_span,
    set_span_in_context,
)
from sqlalchemy.engine import Connection, Dialect

from otelkit.instrumentation.sqlalchemy.engines import ENGINES, Watched
from otelkit.instrumentation.sqlalchemy.failures import failure_of, is_retryable
from otelkit.instrumentation.sqlalchemy.parents import Parent

NAME = "TRANSACTION"
OUTCOME = "otelkit.db.transaction.outcome"
ATTEMPT = "otelkit.db.transaction.attempt"
_ATTRIBUTE = "_otelkit_transaction"  # of a connection while its transaction is open
_KEY = "otelkit.transaction"  # in the connection's info while the transaction ends
_ENDS = {
    "do_commit": "commit",
    "do_rollback": "rollback",
    "do_commit_twophase": "commit",
    "do_rollback_twophase": "rollback",
}


class Transaction:
    """One that is open."""

    def __init__(self, span: Span, parent: Parent | None) -> None:
        self.span, self.parent = span, parent
        self.context: Context = set_span_in_context(span)
        self.error: BaseException | None = None
        self.ended = False

    def end(self, outcome: str) -> None:
        """End the span once; what comes later is of no account."""
        if self.ended:
            return
        self.ended = True
        failure = self.error if outcome != "commit" else None
        if self.parent is not None:
            again = failure is not None and is_retryable(failure)
            self.parent.failed_attempts = self.parent.failed_attempts + 1 if again else 0
            self.parent.last_attempt = self.span.get_span_context() if again else None
        self.span.set_attribute(OUTCOME, outcome)
        if failure is not None:
            self.span.set_status(Status(StatusCode.ERROR))
            self.span.set_attributes(failure_of(failure))
        self.span.end()

    def __del__(self) -> None:  # a connection that nobody closed
        self.end("rollback")


def begin(conn: Connection, *_: Any) -> None:
    """Start the span of a transaction, if the setting says so."""
    watched = ENGINES.find(conn.engine)
    if watched is None or not watched.has_transactions:
        return
    _see_ends(watched, conn.dialect)
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


def context_of(conn: Connection, otherwise: Context) -> Context:
    """Give the context for a query: in the connection's transaction when there is one."""
    transaction: Transaction | None = conn.__dict__.get(_ATTRIBUTE)
    return transaction.context if transaction is not None else otherwise


def prepare_end(conn: Connection, *_: Any) -> None:
    """Hand the transaction to the dialect's commit or rollback, which follows."""
    transaction: Transaction | None = conn.__dict__.pop(_ATTRIBUTE, None)
    if transaction is None:
        return
    if conn.closed or conn.invalidated:  # nothing follows
        transaction.end("rollback")
    else:
        conn.info[_KEY] = transaction


def note_error(conn: Connection, error: BaseException, *, in_statement: bool) -> None:
    """Keep the error of a query for its transaction, or end a transaction whose BEGIN or COMMIT failed."""
    transaction: Transaction | None = conn.__dict__.get(_ATTRIBUTE)
    if in_statement:
        if transaction is not None:
            transaction.error = error
        return
    if not conn.closed and not conn.invalidated:
        transaction = conn.info.pop(_KEY, transaction)
    if transaction is not None:
        transaction.error = error
        transaction.end("failed")


def _see_ends(watched: Watched, dialect: Dialect) -> None:
    if watched.replaced:
        return
    for name, outcome in _ENDS.items():
        if name in dialect.__dict__:
            watched.replaced[name] = dialect.__dict__[name]
        else:
            watched.replaced[name] = None
        setattr(dialect, name, partial(_end_after, getattr(dialect, name), outcome))


def _end_after(original: Callable[..., None], outcome: str, connection: Any, *args: Any, **more: Any) -> None:
    original(connection, *args, **more)
    transaction: Transaction | None = connection.info.pop(_KEY, None)
    if transaction is not None:
        transaction.end(outcome)
