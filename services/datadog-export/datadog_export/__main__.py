"""Start the service: telemetry first, proven, then the application and its port."""

import uvicorn

from datadog_export.server import create_app
from datadog_export.settings import Settings
from datadog_export.startup import one_message, start_telemetry


def main() -> None:
    """Serve until SIGTERM or SIGINT; what keeps it from starting is one message and exit code 1."""
    with one_message():
        settings = Settings()
        telemetry = start_telemetry()
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
