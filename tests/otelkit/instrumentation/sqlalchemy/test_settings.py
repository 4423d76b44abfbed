"""Wrong settings are errors; the order of imports is no setting."""

import subprocess
import sys
from collections.abc import Callable

import pytest


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


IMPORTS = {
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


@pytest.mark.parametrize("order", IMPORTS.values(), ids=list(IMPORTS))
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
