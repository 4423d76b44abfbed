"""Instruments SQLAlchemy 2.0 and 2.1, sync and asyncio, through its own events.

    SQLAlchemyInstrumentor().instrument()                 # every engine, made before or after
    SQLAlchemyInstrumentor().instrument(engine=engine)    # this one; call again for more

Convention: semantic conventions 1.44, database client spans and metrics. Findings are the span event
`otelkit.db.finding` and the counter `otelkit.db.findings`, by `otelkit.db.finding.type`: `n_plus_one`,
`pool_starvation`. Settings: `settings.py`; docs/sqlalchemy.md tells what upstream does otherwise.
"""

from collections.abc import Collection, Iterable
from typing import Any

from opentelemetry.instrumentation.instrumentor import (  # type: ignore[attr-defined]  # untyped module
    BaseInstrumentor,
)
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import NoOpTracer, TracerProvider

from otelkit.instrumentation.sqlalchemy.engines import ENGINES
from otelkit.instrumentation.sqlalchemy.hooks import install, remove
from otelkit.instrumentation.sqlalchemy.telemetry import Telemetry

DEPENDENCIES = ("sqlalchemy >= 2.0.0, < 2.2",)


class SQLAlchemyInstrumentor(BaseInstrumentor):  # type: ignore[misc]  # untyped base
    """One for the process, as all instrumentors.

    Not together with contrib's: each would make a span. Under `opentelemetry-instrument` with both, set
    OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=sqlalchemy, which is contrib's name; ours is `otelkit_sqlalchemy`.
    """

    def instrumentation_dependencies(self) -> Collection[str]:
        """Versions of SQLAlchemy that this works with; others are refused, with a log line."""
        return DEPENDENCIES

    def instrument(self, **kwargs: Any) -> None:
        """Instrument all engines, or `engine` and `engines` (sync or asyncio); those may come in many calls.

        Further arguments: `tracer_provider`, `meter_provider`, and the fields of `settings.Settings`.

        Raises:
            ValueError: an unknown argument or a wrong value, here or in an `OTELKIT_SQLALCHEMY_...` variable.
        """
        if self.is_instrumented_by_opentelemetry and _named_engines(kwargs):
            self._instrument(**kwargs)
        else:
            super().instrument(**kwargs)

    def explain_silence(self, engine: Any) -> str:
        """Say why an engine (sync or asyncio) emits no spans and what to do; empty when it does.

        Nothing is sent to the database. Spans that a sampler leaves out are no silence.
        """
        engine = getattr(engine, "sync_engine", engine)
        if conflict := self._check_dependency_conflicts():
            return f"this version of SQLAlchemy is not instrumented: {conflict}"
        if not self.is_instrumented_by_opentelemetry:
            return "nothing is instrumented: call SQLAlchemyInstrumentor().instrument()"
        watched = ENGINES.find(engine)
        if watched is None:
            return "other engines were named: call instrument(engine=...) for this one too"
        tracer = watched.telemetry.tracer
        if isinstance(getattr(tracer, "_tracer", tracer), NoOpTracer):  # a proxy's own: none was configured
            return "its tracer provider is none: configure OpenTelemetry first, as by otelkit.configure()"
        return ""

    def _instrument(self, **kwargs: Any) -> None:

        engines = _named_engines(kwargs)
        telemetry = _telemetry(**kwargs)
        install()
        if not engines:
            ENGINES.for_all = telemetry
        for engine in engines:
            ENGINES.watch(engine, telemetry)

    def _uninstrument(self, **_: Any) -> None:

        remove()
        ENGINES.forget()


def _named_engines(arguments: dict[str, Any]) -> list[Any]:
    """Give the sync engines that `engine` and `engines` name."""
    several: Iterable[Any] = arguments.get("engines") or ()
    named = [engine for engine in (arguments.get("engine"), *several) if engine is not None]
    return [getattr(engine, "sync_engine", engine) for engine in named]


def _telemetry(
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
    engine: Any = None,
    engines: Any = None,
    **settings: Any,
) -> Telemetry:
    """Sort the arguments of `instrument()`; those of the engines are read elsewhere."""
    return Telemetry(tracer_provider, meter_provider, settings)
