"""`make run SERVICE=rabbitmq-aio-pika`: each pattern once, in a trace of its own, then the service goes on.

It is the service itself, with short delays, so that the story from publish to dead letter and back takes a
second. Its HTTP face stays for requests of your own, until the process is told to end.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from opentelemetry import trace

from rabbitmq_aio_pika.checking import check_start
from rabbitmq_aio_pika.patterns import PATTERNS
from rabbitmq_aio_pika.server import create_app
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shop import Shop
from rabbitmq_aio_pika.startup import one_message, start_telemetry

SHORT = {"retry_delays_seconds": (0.2, 0.4), "outbox_seconds": 0.05}  # what is set goes before
_COMING_UP_SECONDS = 30.0
_log = logging.getLogger(__name__)


def main() -> None:
    """Serve, and run the patterns as soon as the broker is there."""
    with one_message():
        settings = Settings()
        settings = settings.model_copy(
            update={name: value for name, value in SHORT.items() if name not in settings.model_fields_set}
        )
        telemetry = start_telemetry()
    with one_message(telemetry):
        asyncio.run(check_start(settings))
        app = create_app(settings, telemetry)
    show_patterns_within(app)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=settings.drain_seconds,
    )


def show_patterns_within(app: FastAPI) -> None:
    """Put the patterns within the application's lifespan, beside its requests."""
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with inner(app):
            patterns = asyncio.create_task(show_patterns(app.state.shop), name="patterns")
            try:
                yield
            finally:
                patterns.cancel()
                await asyncio.gather(patterns, return_exceptions=True)

    app.router.lifespan_context = lifespan


async def show_patterns(shop: Shop) -> None:
    """Run each pattern below a span of its name."""
    try:
        await asyncio.wait_for(shop.consuming.up.wait(), _COMING_UP_SECONDS)
        for name, show in PATTERNS.items():
            with trace.get_tracer(__name__).start_as_current_span(f"demo: {name}"):
                await show(shop)
        _log.info("the patterns are shown; the service goes on")
    except Exception:  # noqa: BLE001 - whatever it is, the service is there to be looked at
        _log.exception("a pattern failed; the service goes on")


if __name__ == "__main__":
    main()
