"""Start the service: telemetry first, proven, then the database, then the application and its port."""

import asyncio

import uvicorn

from sql_sqlalchemy.migrate import prepare_database
from sql_sqlalchemy.server import create_app
from sql_sqlalchemy.settings import Settings
from sql_sqlalchemy.startup import one_message, start_telemetry


def main() -> None:
    """Serve until SIGTERM or SIGINT; what keeps it from starting is one message and exit code 1."""
    with one_message():
        settings = Settings()
        telemetry = start_telemetry()
    with one_message(telemetry):
        asyncio.run(prepare_database(settings))
        app = create_app(settings, telemetry)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,  # the server span says the same, and more
        timeout_graceful_shutdown=settings.drain_seconds,
    )


if __name__ == "__main__":
    main()
