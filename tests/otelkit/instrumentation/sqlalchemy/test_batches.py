"""Many sets of parameters are one execution: one span with the size of the batch."""

import gc
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.trace import StatusCode
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, event
from sqlalchemy.exc import IntegrityError

from .conftest import Seen

ORDERS = Table("orders", MetaData(), Column("id", Integer, primary_key=True), Column("item", String(20)))


@pytest.fixture
def ready(engine: Engine, instrument: Callable[..., object]) -> Engine:
    ORDERS.create(engine)
    instrument(engine=engine)
    return engine


def rows(count: int) -> list[dict[str, Any]]:
    return [{"item": f"tea {number}"} for number in range(count)]


@pytest.mark.parametrize("returning", [False, True])
def test_bulk_insert_is_one_span(seen: Seen, ready: Engine, returning: bool) -> None:
    insert = ORDERS.insert().returning(ORDERS.c.id) if returning else ORDERS.insert()

    with ready.begin() as connection:
        result = connection.execute(insert, rows(3000))
        assert not returning or len(result.all()) == 3000

    (span,) = seen.spans()
    attributes = dict(span.attributes or {})
    assert span.name == "BATCH INSERT orders"
    assert attributes["db.operation.batch.size"] == 3000
    assert attributes["db.operation.name"] == "BATCH INSERT"
    assert attributes["db.collection.name"] == "orders"
    assert str(attributes["db.query.text"]).startswith("INSERT INTO orders (item) VALUES (?)")
    assert seen.value("db.client.operation.duration") == 1


def test_one_set_of_parameters_in_a_list_is_no_batch(seen: Seen, ready: Engine) -> None:
    with ready.begin() as connection:
        connection.execute(ORDERS.insert().returning(ORDERS.c.id), rows(1))

    (span,) = seen.spans()
    assert span.name == "INSERT orders"
    assert "db.operation.batch.size" not in (span.attributes or {})


@pytest.mark.parametrize("returning", [False, True])
def test_batch_that_fails_in_its_midst_is_one_failed_span(seen: Seen, ready: Engine, returning: bool) -> None:
    insert = ORDERS.insert().returning(ORDERS.c.id) if returning else ORDERS.insert()
    twice = [{"id": number, "item": "tea"} for number in (*range(1, 2500), 7)]

    with pytest.raises(IntegrityError), ready.begin() as connection:
        connection.execute(insert, twice)

    (span,) = seen.spans()
    assert span.status.status_code is StatusCode.ERROR
    assert seen.value("db.client.operation.duration", error_type="SQLITE_CONSTRAINT_PRIMARYKEY") == 1


def test_batches_given_up_by_another_listener_leave_no_span_open(seen: Seen, ready: Engine) -> None:
    calls: list[object] = []

    @event.listens_for(ready, "before_cursor_execute")
    def refuse_the_second(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough") as caught, ready.begin() as connection:
        connection.execute(ORDERS.insert().returning(ORDERS.c.id), rows(3000))
    calls.clear()
    del caught, connection
    gc.collect()

    assert seen.names() == ["BATCH INSERT orders"]
