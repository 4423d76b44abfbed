"""The application: wired here, so that tests can replace each part.

One OpenTelemetry decision: profiler and providers end in the lifespan, before uvicorn re-raises SIGTERM,
because `atexit` does not run then.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from grafana_export.handlers import router
from grafana_export.prices import PriceList
from grafana_export.problems import answer_problems
from grafana_export.profiles import Profiler
from otelkit import Telemetry
from otelkit.instrumentation import asgi


def create_app(telemetry: Telemetry, profiler: Profiler) -> FastAPI:
    """Build the application on telemetry that configure() has started."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:  # a second SIGINT cancels the lifespan
            try:
                profiler.stop()
            finally:
                telemetry.shutdown()

    app = FastAPI(title="Quotes", lifespan=lifespan)
    app.state.prices = PriceList(profiler)
    app.include_router(router)
    answer_problems(app)
    asgi.instrument_app(app, excluded_urls="^/healthz$")
    return app
