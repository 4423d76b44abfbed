"""Any number of engines, made before or after, named or not; and everything is taken off again."""

import gc
from collections.abc import Callable
from weakref import ref

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.event import contains
from sqlalchemy.pool import Pool

from otelkit.instrumentation.sqlalchemy import SQLAlchemyInstrumentor, connections

from .conftest import Seen


def query(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))


def test_engines_made_before_and_after_are_both_seen_once(
    seen: Seen, instrument: Callable[..., object], engine: Engine
) -> None:
    instrument()
    after = create_engine("sqlite://")

    query(engine)
    query(after)
    query(after.execution_options(isolation_level="AUTOCOMMIT").execution_options(echo=False))

    assert seen.names() == ["SELECT"] * 3


def test_only_named_engines_are_seen_and_more_can_be_named_later(
    seen: Seen, instrument: Callable[..., object]
) -> None:
    engines = [create_engine("sqlite://") for _ in range(4)]
    instrument(engine=engines[0])
    instrument(engines=engines[1:3])
    instrument(engine=engines[0])

    for engine in engines:
        query(engine)

    assert seen.names() == ["SELECT"] * 3


def test_instrumenting_all_twice_makes_one_span(seen: Seen, instrument: Callable[..., object]) -> None:
    engine = create_engine("sqlite://")
    instrument()
    instrument()
    instrument(engine=engine)

    query(engine)

    assert seen.names() == ["SELECT"]


def test_uninstrument_leaves_sqlalchemy_as_it_was(seen: Seen, instrument: Callable[..., object]) -> None:
    engine = create_engine("sqlite://")
    before = dict(engine.dialect.__dict__)
    raw_connection = Engine.raw_connection
    instrumentor = instrument(transaction_spans=True)
    query(engine)
    query(engine)
    assert isinstance(instrumentor, SQLAlchemyInstrumentor)
    count = len(seen.names())

    instrumentor.uninstrument()
    query(engine)

    left = {name for name in engine.dialect.__dict__ if name not in before and "otelkit" in name}
    assert left == set()
    assert {name for name in engine.dialect.__dict__ if name.startswith("do_")} == set()
    assert Engine.raw_connection is raw_connection
    assert not contains(Pool, "checkin", connections.note_returned)
    assert len(seen.names()) == count
    assert count == 4


def test_instrumenting_again_after_uninstrument_makes_one_span(
    seen: Seen, instrument: Callable[..., object], engine: Engine
) -> None:
    first = instrument()
    query(engine)
    assert isinstance(first, SQLAlchemyInstrumentor)
    first.uninstrument()
    instrument()

    query(engine)

    assert seen.names() == ["SELECT"] * 2
    assert seen.connections() == (1, 0)


def test_engine_that_is_gone_is_not_kept(instrument: Callable[..., object]) -> None:
    instrument()
    engine = create_engine("sqlite://")
    query(engine)
    gone = ref(engine.dialect)

    engine.dispose()
    del engine
    gc.collect()

    assert gone() is None
