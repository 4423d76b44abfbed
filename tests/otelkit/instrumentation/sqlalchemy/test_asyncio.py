"""The same over asyncio: parents, cancelled tasks, streams."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest
from opentelemetry.trace import StatusCode
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from .conftest import Seen

Instrument = Callable[..., object]
ROWS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50) SELECT i FROM n")


@pytest.fixture
async def async_engine(url: str, instrument: Instrument) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(url.replace("sqlite", "sqlite+aiosqlite"))
    instrument(engine=engine)
    yield engine
    await engine.dispose()


async def test_query_is_under_the_span_of_its_task(seen: Seen, async_engine: AsyncEngine) -> None:
    tracer = seen.tracers.get_tracer("test")

    async def work(name: str) -> None:
        with tracer.start_as_current_span(name):
            async with async_engine.connect() as connection:
                await connection.execute(text("SELECT 1"))

    await asyncio.gather(work("a"), work("b"))

    spans = {span.name: span for span in seen.spans() if span.name != "SELECT"}
    parents = {span.parent.span_id for span in seen.spans() if span.parent is not None}
    assert parents == {span.context.span_id for span in spans.values() if span.context}


async def test_cancelled_query_ends_its_span_with_an_error(seen: Seen, async_engine: AsyncEngine) -> None:
    loop, started, released = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def hold() -> None:
        loop.call_soon_threadsafe(started.set)
        released.wait(10)

    async def work() -> None:
        async with async_engine.connect() as connection:
            raw = await connection.get_raw_connection()
            await raw.driver_connection.create_function("hold", 0, hold)  # type: ignore[union-attr]  # aiosqlite's
            await connection.execute(text("SELECT hold()"))

    task = asyncio.create_task(work())
    await started.wait()
    task.cancel()
    loop.call_later(0.01, released.set)  # what comes after waits for SQLite's thread
    with pytest.raises(asyncio.CancelledError):
        await task

    (span,) = seen.spans()
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "asyncio.exceptions.CancelledError"


async def test_streamed_result_left_early_has_ended_its_span(seen: Seen, async_engine: AsyncEngine) -> None:
    async with async_engine.connect() as connection:
        result = await connection.stream(ROWS)
        async for _ in result:
            break
        await result.close()

    (span,) = seen.spans()
    assert span.status.status_code is StatusCode.UNSET


async def test_failed_query_has_its_code(seen: Seen, async_engine: AsyncEngine) -> None:
    async with async_engine.connect() as connection:
        with pytest.raises(OperationalError):
            await connection.execute(text("SELECT 1 FROM nowhere"))

    (span,) = seen.spans()
    assert (span.attributes or {})["db.response.status_code"] == "SQLITE_ERROR"
