"""Probe: one query of a throwaway engine, SQLite in memory."""

from importlib.metadata import version

from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import create_engine, text

from otelkit.instrumentation.sqlalchemy import SQLAlchemyInstrumentor


def emit_client_span(provider: TracerProvider) -> str:
    """Instrument an engine with `provider` and query it; returns the version.

    What is instrumented already stays as it is.

    Raises:
        RuntimeError: the engine emits none, as with a version that is not supported; says why.
    """
    instrumentor = SQLAlchemyInstrumentor()
    was_on = instrumentor.is_instrumented_by_opentelemetry
    engine = create_engine("sqlite://")
    instrumentor.instrument(engine=engine, tracer_provider=provider)
    if reason := instrumentor.explain_silence(engine):
        raise RuntimeError(reason)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    finally:
        engine.dispose()
        if not was_on:
            instrumentor.uninstrument()
    return f"sqlalchemy {version('sqlalchemy')}"
