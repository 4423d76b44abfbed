"""Start the service: telemetry first, proven, then the database, then the application and its port."""

import asyncio
import sys
from importlib.metadata import version

import uvicorn
from pydantic import ValidationError

from otelkit import ConfigurationError, Telemetry, configure
from otelkit.doctor import require
from sql_sqlalchemy import INSTRUMENTATIONS
from sql_sqlalchemy.migrate import prepare_database
from sql_sqlalchemy.server import create_app
from sql_sqlalchemy.settings import Settings


def main() -> None:
    """Serve until SIGTERM or SIGINT; what keeps it from starting is one message and exit code 1."""
    telemetry: Telemetry | None = None
    try:
        settings = Settings()
        telemetry = configure("sql-sqlalchemy", service_version=version("sql-sqlalchemy"))
        require(*INSTRUMENTATIONS)
        asyncio.run(prepare_database(settings))
        app = create_app(settings, telemetry)
    except (ConfigurationError, ValidationError) as error:
        if telemetry is not None:
            telemetry.shutdown()  # the trace of a migration that failed
        sys.exit(f"sql-sqlalchemy: {error}")
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
