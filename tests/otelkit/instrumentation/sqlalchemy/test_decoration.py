"""What settings add: the trace's id in the statement, parameters on the span."""

from collections.abc import Callable

from opentelemetry.trace import format_span_id, format_trace_id
from sqlalchemy import Engine, event, text

from .conftest import Seen

Instrument = Callable[..., object]


def statements_of(engine: Engine) -> list[str]:
    """Collect what SQLite is really given."""
    given: list[str] = []

    @event.listens_for(engine, "connect")
    def trace(connection: object, _: object) -> None:
        connection.set_trace_callback(given.append)  # type: ignore[attr-defined]  # sqlite3's

    return given


def test_statement_carries_the_ids_of_its_span(seen: Seen, instrument: Instrument, engine: Engine) -> None:
    given = statements_of(engine)
    instrument(engine=engine, sqlcommenter=True)

    with engine.connect() as connection:
        connection.execute(text("SELECT 1;"))

    (span,) = seen.spans()
    assert span.context is not None
    ids = f"{format_trace_id(span.context.trace_id)}-{format_span_id(span.context.span_id)}"
    assert [text for text in given if "SELECT 1" in text] == [f"SELECT 1 /*traceparent='00-{ids}-03'*/"]
    assert (span.attributes or {})["db.query.text"] == "SELECT ?;"


def test_statement_with_a_comment_of_its_own_stays_as_it_is(
    seen: Seen, instrument: Instrument, engine: Engine
) -> None:
    given = statements_of(engine)
    instrument(engine=engine, sqlcommenter=True)

    with engine.connect() as connection:
        connection.execute(text("SELECT /* mine */ 1"))
        connection.execute(text("SELECT 1 -- mine"))

    assert [text for text in given if "traceparent" in text] == []


def test_parameters_are_recorded_only_by_setting(seen: Seen, instrument: Instrument, engine: Engine) -> None:
    instrument(engine=engine, record_parameters=True)

    with engine.connect() as connection:
        connection.execute(text("SELECT :a, :b"), {"a": "tea", "b": 7})
        connection.execute(text("SELECT :a"), {"a": "x" * 10_000})

    first, second = (span.attributes or {} for span in seen.spans())
    assert (first["db.query.parameter.0"], first["db.query.parameter.1"]) == ("tea", "7")
    assert len(str(second["db.query.parameter.0"])) == 256


def test_parameters_are_not_recorded_by_default(seen: Seen, instrument: Instrument, engine: Engine) -> None:
    instrument(engine=engine)

    with engine.connect() as connection:
        connection.execute(text("SELECT :secret"), {"secret": "hunter2"})

    assert "hunter2" not in str(seen.spans()[0].attributes)
