"""The application: wired here, so that tests can replace each part.

One OpenTelemetry decision: the providers end in the lifespan, after the last request and
before uvicorn re-raises SIGTERM, because `atexit` does not run then. The instrumentation is
contrib's without its send and receive spans, which say nothing that the server span does not.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from http_fastapi.handlers import ROUTERS
from http_fastapi.refusals import answer_with_problems
from http_fastapi.settings import Settings
from http_fastapi.shop import Shop
from http_fastapi.startup import WORKER_CANNOT_START, one_message, start_telemetry
from otelkit import Telemetry


def create_app(settings: Settings, telemetry: Telemetry) -> FastAPI:
    """Build the application on telemetry that configure() has started."""
    shop = Shop(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
            await shop.confirmations.close(settings.confirmation_drain_seconds)
        finally:  # a second SIGINT cancels the lifespan
            telemetry.shutdown()

    app = FastAPI(title="Orders", lifespan=lifespan)
    app.state.settings = settings
    app.state.shop = shop
    for router in ROUTERS:
        app.include_router(router)
    answer_with_problems(app)
    if settings.http_instrumentation != "zero-code":
        FastAPIInstrumentor.instrument_app(app, excluded_urls="/healthz", exclude_spans=["send", "receive"])
    return app


def app() -> FastAPI:
    """The application of one worker: `uvicorn --factory http_fastapi.server:app --workers 4`."""
    with one_message(WORKER_CANNOT_START):
        settings = Settings()
        return create_app(settings, start_telemetry(settings))
