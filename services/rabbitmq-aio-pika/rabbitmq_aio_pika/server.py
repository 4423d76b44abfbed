"""The application: wired here, so that tests can replace each part.

One OpenTelemetry decision: the providers end in the lifespan, after the shop with its last spans and before
uvicorn re-raises SIGTERM, because `atexit` does not run then.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from otelkit import Telemetry
from otelkit.instrumentation import asgi
from rabbitmq_aio_pika.handlers import router
from rabbitmq_aio_pika.problems import answer_problems
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shipping import Carrier
from rabbitmq_aio_pika.shop import open_shop


def create_app(settings: Settings, telemetry: Telemetry, carrier: Carrier | None = None) -> FastAPI:
    """Build the application on telemetry that configure() has started."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with open_shop(settings, carrier or Carrier()) as app.state.shop:
                yield
        finally:  # a second SIGINT cancels the lifespan
            telemetry.shutdown()

    app = FastAPI(title="Shipments", lifespan=lifespan)
    app.include_router(router)
    answer_problems(app)
    asgi.instrument_app(app, excluded_urls="^/healthz$")
    return app
