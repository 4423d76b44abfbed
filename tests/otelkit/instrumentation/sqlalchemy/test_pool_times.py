"""Times, timeouts, requests and limits of pools under the conventions' names."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool, StaticPool

from tests.waiting import wait_until

from .conftest import Seen

Instrument = Callable[..., object]


def test_times_are_recorded_for_each_lending(seen: Seen, instrument: Instrument, engine: Engine) -> None:
    instrument(engine=engine)
    for _ in range(40):
        with engine.connect():
            pass

    (point,) = seen.points("db.client.connection.use_time")
    assert dict(point.attributes or {}) == {"db.client.connection.pool.name": f"sqlite/{engine.url.database}"}
    assert seen.value("db.client.connection.wait_time") == 40
    assert seen.value("db.client.connection.use_time") == 40
    assert seen.value("db.client.connection.create_time") == 1


def test_timeout_and_pending_requests_are_counted(seen: Seen, instrument: Instrument, url: str) -> None:
    engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=5, pool_logging_name="shop")
    instrument(engine=engine)
    lent = engine.connect()
    waiting = threading.Thread(target=lambda: engine.connect().close())
    waiting.start()

    wait_until(lambda: seen.value("db.client.connection.pending_requests") == 1, 5)
    lent.close()
    waiting.join(5)

    assert seen.value("db.client.connection.pending_requests", db_client_connection_pool_name="shop") == 0
    assert seen.points("db.client.connection.timeouts") == []
    engine.dispose()


def test_timeout_is_counted(seen: Seen, instrument: Instrument, engine: Engine) -> None:
    instrument(engine=engine)
    lent = [engine.connect() for _ in range(3)]

    with pytest.raises(PoolTimeoutError):
        engine.connect()

    assert seen.value("db.client.connection.timeouts") == 1
    for connection in lent:
        connection.close()


@pytest.mark.parametrize(
    ("options", "limits"),
    [
        ({"pool_size": 4, "max_overflow": 3}, (7, 4, 0)),
        ({"pool_size": 4, "max_overflow": -1}, (None, 4, 0)),
        ({"pool_size": 0}, (None, None, 0)),
        ({"poolclass": StaticPool}, (1, 1, 0)),
        ({"poolclass": NullPool}, (None, 0, 0)),
    ],
)
def test_limits_are_those_of_the_pool(
    seen: Seen, instrument: Instrument, url: str, options: dict[str, object], limits: tuple[int | None, ...]
) -> None:
    engine = create_engine(url, **options)
    instrument(engine=engine)

    names = ("max", "idle.max", "idle.min")
    assert tuple(seen.value(f"db.client.connection.{name}") for name in names) == limits


def test_pools_of_one_name_are_added_up(seen: Seen, instrument: Instrument, url: str) -> None:
    engines = [create_engine(url), create_engine(url)]
    instrument(engines=engines)

    lent = [engine.connect() for engine in engines]

    assert seen.connections() == (0, 2)
    assert seen.value("db.client.connection.max") == 30
    for connection in lent:
        connection.close()


async def test_pool_of_asyncio_is_measured_alike(seen: Seen, instrument: Instrument, url: str) -> None:
    engine = create_async_engine(url.replace("sqlite", "sqlite+aiosqlite"), pool_size=1, max_overflow=0)
    instrument(engine=engine)
    async with engine.connect():
        assert seen.connections() == (0, 1)
        waiting = asyncio.create_task(engine.connect().start())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert seen.value("db.client.connection.pending_requests") == 1
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    assert seen.value("db.client.connection.pending_requests") == 0
    assert seen.connections() == (1, 0)
    assert seen.value("db.client.connection.use_time") == 1
    await engine.dispose()
