"""Start the service: telemetry first, proven, then what it needs of the broker, then the port."""

import asyncio

import uvicorn

from nats_jetstream.preparation import prepare_broker
from nats_jetstream.server import create_app
from nats_jetstream.settings import Settings
from nats_jetstream.startup import one_message, start_telemetry


def main() -> None:
    """Serve until SIGTERM or SIGINT; what keeps it from starting is one message and exit code 1."""
    with one_message():
        settings = Settings()
        telemetry = start_telemetry()
    with one_message(telemetry):
        asyncio.run(prepare_broker(settings))
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
