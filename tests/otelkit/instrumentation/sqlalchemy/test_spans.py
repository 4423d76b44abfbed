"""One CLIENT span and one duration for an execution, by the conventions; ended in every way it can end."""

from collections.abc import Callable

import pytest
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import IntegrityError, OperationalError

from otelkit.instrumentation.sqlalchemy.server import pool_name_of, server_of

from .conftest import Seen


def test_query_is_a_client_span_named_by_its_summary(
    seen: Seen, instrument: Callable[..., object], engine: Engine
) -> None:
    instrument(engine=engine)

    with engine.connect() as connection:
        connection.execute(
            text("SELECT name FROM sqlite_master WHERE name = 'tea' AND type = :t"), {"t": "x"}
        )

    (span,) = seen.spans()
    assert (span.name, span.kind, span.status.status_code) == (
        "SELECT sqlite_master",
        SpanKind.CLIENT,
        StatusCode.UNSET,
    )
    assert dict(span.attributes or {}) == {
        "db.system.name": "sqlite",
        "db.namespace": engine.url.database,
        "db.query.summary": "SELECT sqlite_master",
        "db.operation.name": "SELECT",
        "db.collection.name": "sqlite_master",
        "db.query.text": "SELECT name FROM sqlite_master WHERE name = ? AND type = ?",
    }


def test_duration_has_the_attributes_of_the_span_but_its_text(
    seen: Seen, instrument: Callable[..., object], engine: Engine
) -> None:
    instrument(engine=engine)

    with engine.connect() as connection:
        for _ in range(40):  # more than are gathered at once
            connection.execute(text("SELECT 1"))

    (point,) = seen.points("db.client.operation.duration")
    assert dict(point.attributes or {}) == {
        "db.system.name": "sqlite",
        "db.namespace": engine.url.database,
        "db.query.summary": "SELECT",
        "db.operation.name": "SELECT",
    }
    assert seen.value("db.client.operation.duration") == 40


def test_server_of_the_url_is_on_the_span_and_no_user() -> None:
    engine = create_engine("sqlite://")
    engine.url = make_url("postgresql://me:secret@db.shop:5433/shop")

    assert server_of(engine) == {
        "db.system.name": "sqlite",
        "db.namespace": "shop",
        "server.address": "db.shop",
        "server.port": 5433,
    }
    assert pool_name_of(engine) == "db.shop:5433/shop"


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
