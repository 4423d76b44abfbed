"""Start the service: telemetry first, proven, then the application, then the port."""

import sys
from importlib.metadata import version

import uvicorn
from pydantic import ValidationError

from http_fastapi import INSTRUMENTATIONS
from http_fastapi.server import create_app
from http_fastapi.settings import Settings
from otelkit import ConfigurationError, configure
from otelkit.doctor import require


def main() -> None:
    """Serve until SIGTERM or SIGINT; a wrong setting is one message and exit code 1."""
    try:
        settings = Settings()
        telemetry = configure("http-fastapi", service_version=version("http-fastapi"))
        require(*INSTRUMENTATIONS)
    except (ConfigurationError, ValidationError) as error:
        sys.exit(f"http-fastapi: {error}")
    uvicorn.run(
        create_app(settings, telemetry),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,  # the server span says the same, and more
        timeout_graceful_shutdown=settings.drain_seconds,
    )


if __name__ == "__main__":
    main()
