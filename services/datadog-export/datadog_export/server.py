"""The application: wired here, so that tests can replace each part.

One OpenTelemetry decision: connections and providers end in the lifespan, before uvicorn re-raises SIGTERM,
because `atexit` does not run then.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from datadog_export import bank
from datadog_export.client import open_bank
from datadog_export.handlers import router
from datadog_export.problems import answer_problems
from datadog_export.refunds import Refunds
from datadog_export.settings import Settings
from datadog_export.store import open_store
from otelkit import Telemetry
from otelkit.instrumentation import asgi


def create_app(settings: Settings, telemetry: Telemetry) -> FastAPI:
    """Build the application on telemetry that configure() has started."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as ends:  # from the last to the first, also when a second SIGINT cancels
            ends.callback(telemetry.shutdown)
            store = await ends.enter_async_context(open_store())
            app.state.refunds = Refunds(store, await ends.enter_async_context(open_bank(settings)))
            yield

    app = FastAPI(title="Refunds", lifespan=lifespan)
    app.include_router(router)
    if settings.bank_url is None:
        app.include_router(bank.router)
    answer_problems(app)
    asgi.instrument_app(app, excluded_urls="^/healthz$")
    return app
