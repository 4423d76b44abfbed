"""The application: wired here, so that tests can replace each part.

One OpenTelemetry decision: the providers end in the lifespan, after the last request and
before uvicorn re-raises SIGTERM, because `atexit` does not run then. The server span stands around
all middlewares, so that every refusal is in it.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from http_fastapi.bank import Bank
from http_fastapi.client import open_payments_client
from http_fastapi.ending import before_shutdown
from http_fastapi.handlers import ROUTERS
from http_fastapi.handlers.metrics import metrics_router
from http_fastapi.instrumentation import instrument_app, native_telemetry
from http_fastapi.openapi import describe
from http_fastapi.protections import protect
from http_fastapi.refusals import answer_with_problems
from http_fastapi.settings import Settings
from http_fastapi.shop import Shop
from http_fastapi.startup import WORKER_CANNOT_START, one_message, start_telemetry
from otelkit import Telemetry
from otelkit.instrumentation.httpx2 import Httpx2Instrumentor


def create_app(settings: Settings, telemetry: Telemetry) -> FastAPI:
    """Build the application on telemetry that configure() has started."""
    shop = Shop(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as ends:  # from the last to the first, also when a second SIGINT cancels
            ends.callback(telemetry.shutdown)
            ends.push_async_callback(app.state.protections.aclose)
            ends.push_async_callback(shop.confirmations.close, settings.confirmation_drain_seconds)
            ends.enter_context(before_shutdown(shop.changes.close))
            app.state.payments = await ends.enter_async_context(open_payments_client(settings))
            yield

    way = settings.http_instrumentation
    app = FastAPI(title="Orders", lifespan=lifespan, telemetry=native_telemetry(way))
    app.state.settings = settings
    app.state.shop = shop
    app.state.bank = Bank(settings.max_orders)
    for router in ROUTERS:
        app.include_router(router)
    if telemetry.openmetrics is not None:
        app.include_router(metrics_router(telemetry.openmetrics))
    answer_with_problems(app)
    describe(app, settings)
    protect(app, settings)
    instrument_app(app, way)
    if way != "zero-code" and not Httpx2Instrumentor().is_instrumented_by_opentelemetry:
        Httpx2Instrumentor().instrument()
    return app


def app() -> FastAPI:
    """The application of one worker: `uvicorn --factory http_fastapi.server:app --workers 4`."""
    with one_message(WORKER_CANNOT_START):
        settings = Settings()
        return create_app(settings, start_telemetry(settings))
