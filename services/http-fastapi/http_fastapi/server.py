"""The application: wired here, so that tests can replace each part.

One OpenTelemetry decision: the providers end in the lifespan, after the last request and
before uvicorn re-raises SIGTERM, because `atexit` does not run then. The instrumentation is
contrib's without its send and receive spans, which say nothing that the server span does not.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from http_fastapi.handlers import router
from http_fastapi.problems import problem
from http_fastapi.settings import Settings
from http_fastapi.store import OrderStore, StoreFullError
from otelkit import Telemetry


def create_app(settings: Settings, telemetry: Telemetry) -> FastAPI:
    """Build the application on telemetry that configure() has started."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:  # a second SIGINT cancels the lifespan
            telemetry.shutdown()

    app = FastAPI(title="Orders", lifespan=lifespan)
    app.state.store = OrderStore(settings.max_orders)
    app.include_router(router)
    app.add_exception_handler(StoreFullError, refuse_order)
    FastAPIInstrumentor.instrument_app(app, excluded_urls="/healthz", exclude_spans=["send", "receive"])
    return app


async def refuse_order(_: Request, error: Exception) -> JSONResponse:
    """Answer 503: the customer did nothing wrong."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
