"""An engine that emits no spans says why, at the doctor's and to whoever asks."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import create_async_engine

from otelkit.doctor import examine
from otelkit.instrumentation import sqlalchemy as package
from otelkit.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

Instrument = Callable[..., SQLAlchemyInstrumentor]


def test_engine_that_emits_spans_has_nothing_to_explain(instrument: Instrument, engine: Engine) -> None:
    assert instrument().explain_silence(engine) == ""
    assert instrument().explain_silence(create_async_engine("sqlite+aiosqlite://")) == ""


def test_engine_of_a_process_that_instruments_nothing_says_so(engine: Engine) -> None:
    reason = SQLAlchemyInstrumentor().explain_silence(engine)

    assert reason == "nothing is instrumented: call SQLAlchemyInstrumentor().instrument()"


def test_engine_that_was_not_named_says_so(instrument: Instrument, engine: Engine) -> None:
    other = create_async_engine("sqlite+aiosqlite://")

    reason = instrument(engine=other).explain_silence(engine)

    assert reason.startswith("other engines were named: call instrument(engine=...)")


def test_engine_without_a_tracer_provider_says_so(instrument: Instrument, engine: Engine) -> None:
    reason = instrument(tracer_provider=None).explain_silence(engine)

    assert reason.startswith("its tracer provider is none: configure OpenTelemetry first")


def test_doctor_fails_a_version_that_is_not_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "DEPENDENCIES", ("sqlalchemy < 2.0",))

    finding = examine("sqlalchemy")

    assert not finding.healthy
    assert "this version of SQLAlchemy is not instrumented" in finding.detail
    assert '"sqlalchemy < 2.0", but currently installed version ("sqlalchemy 2.' in finding.detail


def test_doctor_leaves_an_instrumented_process_as_it_is(instrument: Instrument, engine: Engine) -> None:
    instrumentor = instrument()

    assert examine("sqlalchemy").healthy
    assert instrumentor.is_instrumented_by_opentelemetry
    assert instrumentor.explain_silence(engine) == ""
