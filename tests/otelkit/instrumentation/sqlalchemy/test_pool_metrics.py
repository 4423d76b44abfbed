"""Pools under the conventions' names, right after whatever can happen to a connection."""

import gc
from collections.abc import Callable

from sqlalchemy import Engine, create_engine, text

from .conftest import Seen

Instrument = Callable[..., object]


def test_count_follows_lending_and_overflow(seen: Seen, instrument: Instrument, engine: Engine) -> None:
    instrument(engine=engine)

    first, second, third = (engine.connect() for _ in range(3))
    assert seen.connections() == (0, 3)
    first.close()
    assert seen.connections() == (1, 2)
    second.close()
    third.close()  # over the size of the pool: closed for good
    assert seen.connections() == (2, 0)


def test_count_is_right_after_invalidation_and_reconnection(
    seen: Seen, instrument: Instrument, engine: Engine
) -> None:
    instrument(engine=engine)
    with engine.connect() as connection:
        connection.invalidate()
        assert seen.connections() == (0, 0)
        connection.execute(text("SELECT 1"))
        assert seen.connections() == (0, 1)

    assert seen.connections() == (1, 0)
    assert seen.value("db.client.connection.create_time") == 2


def test_count_is_right_after_detaching(seen: Seen, instrument: Instrument, engine: Engine) -> None:
    instrument(engine=engine)
    connection = engine.connect()
    connection.detach()

    assert seen.connections() == (0, 0)
    connection.close()
    with engine.connect():
        assert seen.connections() == (0, 1)
    assert seen.value("db.client.connection.use_time") == 1  # what was detached is not returned


def test_count_is_right_after_dispose_with_connections_lent(
    seen: Seen, instrument: Instrument, engine: Engine
) -> None:
    instrument(engine=engine)
    lent = engine.connect()
    with engine.connect():
        pass
    assert seen.connections() == (1, 1)

    engine.dispose()
    assert seen.connections() == (0, 1)
    lent.close()
    del lent
    gc.collect()  # the pool that was disposed of goes with its last connection
    assert seen.connections() == (0, 0)
    with engine.connect():
        assert seen.connections() == (0, 1)


def test_recycled_connection_is_counted_once(seen: Seen, instrument: Instrument, url: str) -> None:
    engine = create_engine(url, pool_recycle=0)
    instrument(engine=engine)

    for _ in range(3):
        with engine.connect():
            assert seen.connections() == (0, 1)

    assert seen.value("db.client.connection.create_time") == 3
    engine.dispose()


def test_connections_opened_before_instrumenting_are_counted(
    seen: Seen, instrument: Instrument, engine: Engine
) -> None:
    with engine.connect(), engine.connect():
        pass
    instrument(engine=engine)

    assert seen.connections() == (2, 0)
