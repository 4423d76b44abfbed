"""A span ends however its query does, and the application sees no difference."""

from collections.abc import Callable

import pytest
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.trace import StatusCode
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from .conftest import Seen


def test_failed_query_ends_its_span_with_the_code_of_the_database(
    seen: Seen, instrument: Callable[..., object], engine: Engine
) -> None:
    instrument(engine=engine)

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE orders (id INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO orders VALUES (1)"))
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("INSERT INTO orders VALUES (1)"))

    span = seen.spans()[-1]
    attributes = dict(span.attributes or {})
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description is None
    assert list(span.events) == []
    assert attributes["db.response.status_code"] == "SQLITE_CONSTRAINT_PRIMARYKEY"
    assert attributes["error.type"] == "SQLITE_CONSTRAINT_PRIMARYKEY"
    failed = {"error_type": "SQLITE_CONSTRAINT_PRIMARYKEY"}
    assert seen.value("db.client.operation.duration", **failed) == 1


def test_listener_of_the_application_that_raises_leaves_no_span_open(
    seen: Seen, instrument: Callable[..., object], engine: Engine
) -> None:
    instrument(engine=engine)

    @event.listens_for(engine, "before_cursor_execute")
    def refuse(*_: object) -> None:
        raise RuntimeError("not today")

    with pytest.raises(RuntimeError, match="not today"), engine.connect() as connection:
        connection.execute(text("SELECT 1"))

    assert seen.spans() == []


def test_other_listeners_change_the_statement_as_before(
    seen: Seen, instrument: Callable[..., object], engine: Engine
) -> None:
    instrument(engine=engine)

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def hint(*arguments: object) -> tuple[object, object]:
        return "SELECT 7", arguments[3]

    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 7


def test_database_that_cannot_be_reached_fails_as_without_instrumentation(
    seen: Seen, instrument: Callable[..., object]
) -> None:
    broken = create_engine("sqlite:////no/such/folder/shop.db")
    instrument(engine=broken)

    with pytest.raises(OperationalError, match="unable to open database file"):
        broken.connect()

    assert seen.spans() == []
    assert seen.value("db.client.connection.pending_requests") == 0


def test_streamed_result_ends_its_span_when_the_cursor_has_executed(
    seen: Seen, instrument: Callable[..., object], engine: Engine
) -> None:
    instrument(engine=engine)
    rows = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50) SELECT i FROM n")

    with engine.connect() as connection:
        result = connection.execution_options(yield_per=10).execute(rows)
        next(iter(result))
        assert seen.names() == ["SELECT SELECT SELECT"]
        result.close()


def test_suppressed_instrumentation_makes_no_span(
    seen: Seen, instrument: Callable[..., object], engine: Engine
) -> None:
    instrument(engine=engine)

    with engine.connect() as connection, suppress_instrumentation():
        connection.execute(text("SELECT 1"))

    assert seen.spans() == []
    assert seen.points("db.client.operation.duration") == []
