"""The application: wired here, so that tests can replace each part.

One OpenTelemetry decision: the engine is instrumented by itself and before its first connection; connections,
dispatcher and providers end in the lifespan, in this order, so that the last statements are exported too.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from otelkit import Telemetry
from otelkit.instrumentation import asgi
from sql_sqlalchemy.handlers import Stores, router
from sql_sqlalchemy.problems import answer_problems
from sql_sqlalchemy.publisher import Dispatcher, Send, log_message
from sql_sqlalchemy.settings import Settings
from sql_sqlalchemy.store.address import read_address
from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.engine import open_engine
from sql_sqlalchemy.store.orders import OrderRepository
from sql_sqlalchemy.store.transfers import Ledger


def create_app(settings: Settings, telemetry: Telemetry, send: Send = log_message) -> FastAPI:
    """Build the application on telemetry that configure() has started. Raises ConfigurationError."""
    engine = open_engine(read_address(settings.database_url.get_secret_value()), settings)
    database = Database(engine, settings.retry_seconds)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        dispatcher = Dispatcher(database, send, settings.outbox_seconds)
        dispatcher.start()
        try:
            yield
        finally:  # a second SIGINT cancels the lifespan
            try:
                await dispatcher.stop()
                await engine.dispose()
            finally:
                telemetry.shutdown()

    app = FastAPI(title="Order ledger", lifespan=lifespan)
    app.state.stores = Stores(Ledger(database), OrderRepository(database))
    app.include_router(router)
    answer_problems(app)
    asgi.instrument_app(app, excluded_urls="^/healthz$")
    return app
