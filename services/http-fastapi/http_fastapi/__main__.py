"""Start the service: telemetry first, proven, then the application, then the port.

With `HTTP_FASTAPI_WORKERS` above 1 this process only watches over uvicorn's workers, each of which
starts telemetry of its own.
"""

import uvicorn

from http_fastapi.server import create_app
from http_fastapi.settings import Settings
from http_fastapi.startup import one_message, start_telemetry


def main() -> None:
    """Serve until SIGTERM or SIGINT; a wrong setting is one message and exit code 1."""
    with one_message(exit_code=1):
        settings = Settings()
        many = settings.workers > 1
        app = "http_fastapi.server:app" if many else create_app(settings, start_telemetry(settings))
    uvicorn.run(
        app,
        factory=many,
        workers=settings.workers,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,  # the server span says the same, and more
        timeout_graceful_shutdown=settings.drain_seconds,
    )


if __name__ == "__main__":
    main()
