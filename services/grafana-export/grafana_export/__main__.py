"""Start the service: telemetry first, proven, then profiles, then the application and its port."""

import uvicorn

from grafana_export.profiles import Profiler
from grafana_export.server import create_app
from grafana_export.settings import Settings
from grafana_export.startup import one_message, start_telemetry


def main() -> None:
    """Serve until SIGTERM or SIGINT; what keeps it from starting is one message and exit code 1."""
    with one_message():
        settings = Settings()
        telemetry = start_telemetry(settings)
        profiler = Profiler.start(settings, telemetry)
    uvicorn.run(
        create_app(telemetry, profiler),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,  # the server span says the same, and more
        timeout_graceful_shutdown=settings.drain_seconds,
    )


if __name__ == "__main__":
    main()
