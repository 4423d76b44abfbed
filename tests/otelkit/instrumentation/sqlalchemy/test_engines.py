"""Any number of engines, made before or after, named or not; and everything is taken off again."""

import gc
import subprocess
import sys
from collections.abc import Callable
from weakref import ref

import pytest
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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"sqlcommenter": "yes"}, "sqlcommenter='yes': use true or false"),
        ({"n_plus_one_threshold": -1}, "n_plus_one_threshold=-1: use a whole number, 0 or more"),
        (
            {"enable_commenter": True},
            "knows no 'enable_commenter'; settings are record_parameters",
        ),
    ],
)
def test_wrong_argument_is_an_error_that_names_it(
    instrument: Callable[..., object], arguments: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        instrument(**arguments)


def test_wrong_variable_is_an_error_that_names_it(
    instrument: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTELKIT_SQLALCHEMY_N_PLUS_ONE_THRESHOLD", "ten")

    with pytest.raises(ValueError, match="OTELKIT_SQLALCHEMY_N_PLUS_ONE_THRESHOLD='ten': use a whole number"):
        instrument()


ORDERS_OF_IMPORTS = {
    "asyncio first": "import sqlalchemy.ext.asyncio; {instrument}",
    "asyncio after": "{instrument}; import sqlalchemy.ext.asyncio",
    "names taken before": "from sqlalchemy.ext.asyncio import create_async_engine; {instrument}",
}
PROGRAM = """
import asyncio
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
spans, tracers = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
tracers.add_span_processor(SimpleSpanProcessor(spans))
from otelkit.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
{order}
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine
async def query():
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    await engine.dispose()
asyncio.run(query())
with create_engine("sqlite://").connect() as connection:
    connection.execute(text("SELECT 2"))
print(len(spans.get_finished_spans()))
"""


@pytest.mark.parametrize("order", ORDERS_OF_IMPORTS.values(), ids=list(ORDERS_OF_IMPORTS))
def test_any_order_of_imports_makes_one_span_a_query(order: str) -> None:
    instrument = "SQLAlchemyInstrumentor().instrument(tracer_provider=tracers)"
    program = PROGRAM.format(order=order.format(instrument=instrument))

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.stdout.strip(), done.stderr) == ("2", "")
