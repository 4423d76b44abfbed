"""Transactions as spans, by setting: outcome, attempts, and an end in every case."""

import gc
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from .conftest import Seen

Instrument = Callable[..., object]


def transactions(seen: Seen) -> list[ReadableSpan]:
    return [span for span in seen.spans() if span.name == "TRANSACTION"]


def told(span: ReadableSpan) -> tuple[Any, Any, StatusCode]:
    attributes = span.attributes or {}
    ours = (attributes[f"otelkit.db.transaction.{name}"] for name in ("outcome", "attempt"))
    return (*ours, span.status.status_code)  # type: ignore[return-value]  # two and one


def test_queries_are_under_their_transaction(seen: Seen, instrument: Instrument, engine: Engine) -> None:
    instrument(engine=engine, transaction_spans=True)

    with Session(engine) as session, session.begin():
        session.execute(text("SELECT 1"))
        with session.begin_nested():
            session.execute(text("SELECT 2"))

    (transaction,) = transactions(seen)
    assert told(transaction) == ("commit", 1, StatusCode.UNSET)
    assert seen.names() == ["SELECT", "SAVEPOINT", "SELECT", "RELEASE", "TRANSACTION"]
    assert {span.parent.span_id for span in seen.spans() if span.parent} == {transaction.context.span_id}


@pytest.mark.parametrize("how", ["rollback", "close", "error", "forgotten"])
def test_transaction_that_is_not_committed_is_rolled_back(
    seen: Seen, instrument: Instrument, engine: Engine, how: str
) -> None:
    instrument(engine=engine, transaction_spans=True)
    connection = engine.connect()
    connection.execute(text("SELECT 1"))
    if how == "rollback":
        connection.rollback()
    elif how == "error":
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT 1 FROM nowhere"))
        connection.close()
    elif how == "close":
        connection.close()
    del connection
    gc.collect()

    status = StatusCode.ERROR if how == "error" else StatusCode.UNSET
    assert [told(span) for span in transactions(seen)] == [("rollback", 1, status)]


def test_commit_that_fails_is_a_failed_transaction(seen: Seen, instrument: Instrument, url: str) -> None:
    engine = create_engine(url)
    instrument(engine=engine, transaction_spans=True)
    deferred = "CREATE TABLE c (p INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)"
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = ON"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE p (id INTEGER PRIMARY KEY)"))
        connection.execute(text(deferred))

    with pytest.raises(Exception, match="FOREIGN KEY"), engine.begin() as connection:
        connection.execute(text("INSERT INTO c VALUES (7)"))

    assert told(transactions(seen)[-1]) == ("failed", 1, StatusCode.ERROR)
    engine.dispose()


def test_attempts_of_a_transaction_are_counted_and_linked(
    seen: Seen, instrument: Instrument, url: str
) -> None:
    holder, engine = create_engine(url), create_engine(url, connect_args={"timeout": 0})
    instrument(engine=engine, transaction_spans=True)
    with holder.begin() as connection:
        connection.execute(text("CREATE TABLE stock (item TEXT)"))

    def sell() -> None:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO stock VALUES ('tea')"))

    with seen.tracers.get_tracer("t").start_as_current_span("parent"):
        with holder.begin() as lock:
            lock.execute(text("INSERT INTO stock VALUES ('held')"))
            for _ in range(2):
                with pytest.raises(OperationalError, match="locked"):
                    sell()
        sell()
        sell()

    spans = transactions(seen)
    assert [told(span) for span in spans] == [
        ("rollback", 1, StatusCode.ERROR),
        ("rollback", 2, StatusCode.ERROR),
        ("commit", 3, StatusCode.UNSET),
        ("commit", 1, StatusCode.UNSET),
    ]
    assert [link.context.span_id for link in spans[2].links] == [spans[1].context.span_id]
    holder.dispose()
    engine.dispose()


def test_connection_that_is_invalidated_ends_its_transaction(
    seen: Seen, instrument: Instrument, engine: Engine
) -> None:
    instrument(engine=engine, transaction_spans=True)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.invalidate()
        connection.rollback()

    assert [told(span) for span in transactions(seen)] == [("rollback", 1, StatusCode.UNSET)]


def test_without_the_setting_there_are_none(seen: Seen, instrument: Instrument, engine: Engine) -> None:
    instrument(engine=engine)

    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))

    assert transactions(seen) == []
