"""The application: wired here, so that tests can replace each part.

One OpenTelemetry decision: workers, connection and providers end in the lifespan, in this order, so that the
spans of the last messages are exported too.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from nats_jetstream.handlers import router
from nats_jetstream.problems import answer_problems
from nats_jetstream.settings import Settings
from nats_jetstream.shop import open_shop
from otelkit import Telemetry
from otelkit.instrumentation import asgi


def create_app(settings: Settings, telemetry: Telemetry) -> FastAPI:
    """Build the application on telemetry that configure() has started."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with open_shop(settings) as shop:
                app.state.shop = shop
                yield
        finally:  # a second SIGINT cancels the lifespan
            telemetry.shutdown()

    app = FastAPI(title="Orders as events", lifespan=lifespan)
    app.include_router(router)
    answer_problems(app)
    asgi.instrument_app(app, excluded_urls="^/(healthz|livez)$")
    return app
