"""Findings: one event on the parent, one point of a metric."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from opentelemetry.sdk.metrics.export import HistogramDataPoint
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from .conftest import Seen

Instrument = Callable[..., object]


def query(engine: Engine, times: int, statement: str = "SELECT name FROM sqlite_master") -> None:
    with engine.connect() as connection:
        for _ in range(times):
            connection.execute(text(statement))


def findings(seen: Seen, name: str = "parent") -> list[dict[str, Any]]:
    (parent,) = [span for span in seen.spans() if span.name == name]
    return [dict(event.attributes or {}) for event in parent.events if event.name == "otelkit.db.finding"]


def test_query_repeated_over_the_threshold_is_told_once(
    seen: Seen, instrument: Instrument, engine: Engine
) -> None:
    instrument(engine=engine, n_plus_one_threshold=3)

    with seen.tracers.get_tracer("t").start_as_current_span("parent"):
        query(engine, 9)

    assert findings(seen) == [
        {
            "otelkit.db.finding.type": "n_plus_one",
            "db.query.summary": "SELECT sqlite_master",
            "otelkit.db.finding.repetitions": 4,
        }
    ]
    assert seen.value("otelkit.db.findings", otelkit_db_finding_type="n_plus_one") == 1


def test_query_at_the_threshold_and_queries_of_several_parents_are_no_finding(
    seen: Seen, instrument: Instrument, engine: Engine
) -> None:
    instrument(engine=engine, n_plus_one_threshold=3)
    tracer = seen.tracers.get_tracer("t")

    for name in ("first", "second"):
        with tracer.start_as_current_span(name):
            query(engine, 3)
            query(engine, 3, "SELECT 1")
    query(engine, 9)  # under no span

    assert findings(seen, "first") == findings(seen, "second") == []
    assert seen.points("otelkit.db.findings") == []


def test_detector_can_be_turned_off(seen: Seen, instrument: Instrument, engine: Engine) -> None:
    instrument(engine=engine, n_plus_one_threshold=0)

    with seen.tracers.get_tracer("t").start_as_current_span("parent"):
        query(engine, 50)

    assert findings(seen) == []


def test_finding_under_an_unsampled_span_is_still_counted(
    seen: Seen, instrument: Instrument, engine: Engine
) -> None:
    instrument(engine=engine)
    tracer = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False).get_tracer("t")

    with tracer.start_as_current_span("parent"):
        query(engine, 11)

    assert seen.value("otelkit.db.findings") == 1


def test_parents_that_ended_are_forgotten(seen: Seen, instrument: Instrument, engine: Engine) -> None:
    instrument(engine=engine)
    tracer = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False).get_tracer("t")
    parents = engine.dialect.__dict__["_otelkit_sqlalchemy"].telemetry.parents

    for _ in range(200):
        with tracer.start_as_current_span("parent"):
            query(engine, 1)

    assert len(parents) < 100  # durations that were not handed over yet still hold some


@pytest.mark.parametrize("threshold", [0.02, 0])
def test_wait_that_times_out_is_starvation(
    seen: Seen, instrument: Instrument, threshold: float, url: str
) -> None:
    engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.05, pool_logging_name="shop")
    instrument(engine=engine, pool_wait_threshold_seconds=threshold)

    with ExitStack() as stack:
        stack.enter_context(engine.connect())
        stack.enter_context(seen.tracers.get_tracer("t").start_as_current_span("parent"))
        with pytest.raises(PoolTimeoutError):
            engine.connect()

    found = findings(seen)
    assert len(found) == (1 if threshold else 0)
    if threshold:
        assert found[0].pop("otelkit.db.finding.wait_seconds") >= 0.05
        assert found[0] == {
            "otelkit.db.finding.type": "pool_starvation",
            "db.client.connection.pool.name": "shop",
            "otelkit.db.finding.timed_out": True,
        }
        assert seen.value("otelkit.db.findings", otelkit_db_finding_type="pool_starvation") == 1
    engine.dispose()


def test_slow_creation_of_a_connection_is_no_starvation(seen: Seen, instrument: Instrument) -> None:
    def create_slowly() -> sqlite3.Connection:
        threading.Event().wait(0.05)
        return sqlite3.connect(":memory:")

    engine = create_engine("sqlite://", creator=create_slowly)
    instrument(engine=engine, pool_wait_threshold_seconds=0.04)

    with seen.tracers.get_tracer("t").start_as_current_span("parent"), engine.connect():
        pass

    assert findings(seen) == []
    (created,) = seen.points("db.client.connection.create_time")
    assert isinstance(created, HistogramDataPoint)
    assert created.sum >= 0.05
    engine.dispose()
