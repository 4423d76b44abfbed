"""Defects of opentelemetry-instrumentation-sqlalchemy 0.66b1, each with its smallest reproduction.

Each test says what ought to be. When one passes, upstream has repaired it, and ours has a reason less.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from sqlalchemy import Engine, create_engine, text

from .conftest import Seen

NEXT = Path(sys.prefix) / "next"
PROGRAM = """
import asyncio
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
started, spans = [], InMemorySpanExporter()
class Processor(SimpleSpanProcessor):
    def on_start(self, span, parent_context=None):
        if span.name.startswith("SELECT"):
            started.append(span)
tracers = TracerProvider(shutdown_on_exit=False)
tracers.add_span_processor(Processor(spans))
SQLAlchemyInstrumentor().instrument(tracer_provider=tracers)
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
async def query():
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    await engine.dispose()
asyncio.run(query())
print(len(started))
"""


@pytest.fixture
def upstream(seen: Seen) -> Iterator[SQLAlchemyInstrumentor]:
    instrumentor = SQLAlchemyInstrumentor()
    yield instrumentor
    instrumentor.uninstrument()


def instrumented(upstream: SQLAlchemyInstrumentor, seen: Seen) -> Engine:
    engine = create_engine("sqlite://")
    upstream.instrument(engine=engine, tracer_provider=seen.tracers, meter_provider=seen.meters)
    return engine


def run(program: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.xfail(raises=AssertionError, reason="spans are named by the bare verb and the database")
def test_span_is_named_by_the_summary(seen: Seen, upstream: SQLAlchemyInstrumentor) -> None:
    with instrumented(upstream, seen).connect() as connection:
        connection.execute(text("SELECT name FROM sqlite_master"))

    assert "SELECT sqlite_master" in seen.names()


@pytest.mark.xfail(raises=AssertionError, reason="no duration of operations is recorded")
def test_duration_is_recorded(seen: Seen, upstream: SQLAlchemyInstrumentor) -> None:
    with instrumented(upstream, seen).connect() as connection:
        connection.execute(text("SELECT 1"))

    assert seen.points("db.client.operation.duration")


@pytest.mark.xfail(raises=AssertionError, reason="contrib#5060: the pool's metric has the deprecated name")
def test_pool_metric_has_the_stable_name(seen: Seen, upstream: SQLAlchemyInstrumentor) -> None:
    instrumented(upstream, seen).connect().close()

    assert seen.points("db.client.connection.count")


@pytest.mark.xfail(raises=AssertionError, reason="a connection that was detached counts as used for ever")
def test_pool_count_is_right_after_detaching(seen: Seen, upstream: SQLAlchemyInstrumentor) -> None:
    with instrumented(upstream, seen).connect() as connection:
        connection.detach()

    assert seen.value("db.client.connections.usage", state="used") == 0


@pytest.mark.xfail(raises=AssertionError, reason="contrib#3977: a second instrument(engine=) is ignored")
def test_second_engine_is_instrumented(seen: Seen, upstream: SQLAlchemyInstrumentor) -> None:
    instrumented(upstream, seen)
    with instrumented(upstream, seen).connect() as connection:
        connection.execute(text("SELECT 1"))

    assert [name for name in seen.names() if name != "connect"]


@pytest.mark.xfail(raises=AssertionError, reason="literals of the statement are recorded")
def test_literals_are_not_recorded(seen: Seen, upstream: SQLAlchemyInstrumentor) -> None:
    with instrumented(upstream, seen).connect() as connection:
        connection.execute(text("SELECT 'hunter2'"))

    assert "hunter2" not in str([dict(span.attributes or {}) for span in seen.spans()])


@pytest.mark.xfail(
    raises=AssertionError, reason="contrib#2149: asyncio after instrumenting attaches two tracers"
)
def test_one_span_starts_for_a_query_of_asyncio() -> None:
    assert run(PROGRAM) == "1"


@pytest.mark.xfail(raises=AssertionError, reason="SQLAlchemy 2.1: one line in the log, and no span")
def test_next_sqlalchemy_is_traced() -> None:
    assert run(PROGRAM, PYTHONPATH=str(NEXT)) != "0"
