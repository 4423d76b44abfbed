"""One CLIENT span and one duration for an execution, by the conventions; ended in every way it can end."""

from collections.abc import Callable

from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import Engine, create_engine, make_url, text

from otelkit.instrumentation.sqlalchemy.server import pool_name_of, server_of

from .conftest import Seen


def test_query_is_a_client_span_named_by_its_summary(
    seen: Seen, instrument: Callable[..., object], engine: Engine
) -> None:
    instrument(engine=engine)

    with engine.connect() as connection:
        connection.execute(
            text("SELECT name FROM sqlite_master WHERE name = 'tea' AND type = :t"), {"t": "x"}
        )

    (span,) = seen.spans()
    assert (span.name, span.kind, span.status.status_code) == (
        "SELECT sqlite_master",
        SpanKind.CLIENT,
        StatusCode.UNSET,
    )
    assert dict(span.attributes or {}) == {
        "db.system.name": "sqlite",
        "db.namespace": engine.url.database,
        "db.query.summary": "SELECT sqlite_master",
        "db.operation.name": "SELECT",
        "db.collection.name": "sqlite_master",
        "db.query.text": "SELECT name FROM sqlite_master WHERE name = ? AND type = ?",
    }


def test_duration_has_the_attributes_of_the_span_but_its_text(
    seen: Seen, instrument: Callable[..., object], engine: Engine
) -> None:
    instrument(engine=engine)

    with engine.connect() as connection:
        for _ in range(40):  # more than are gathered at once
            connection.execute(text("SELECT 1"))

    (point,) = seen.points("db.client.operation.duration")
    assert dict(point.attributes or {}) == {
        "db.system.name": "sqlite",
        "db.namespace": engine.url.database,
        "db.query.summary": "SELECT",
        "db.operation.name": "SELECT",
    }
    assert seen.value("db.client.operation.duration") == 40


def test_server_of_the_url_is_on_the_span_and_no_user() -> None:
    engine = create_engine("sqlite://")
    engine.url = make_url("postgresql://me:secret@db.shop:5433/shop")

    assert server_of(engine) == {
        "db.system.name": "sqlite",
        "db.namespace": "shop",
        "server.address": "db.shop",
        "server.port": 5433,
    }
    assert pool_name_of(engine) == "db.shop:5433/shop"
