"""Start the service: telemetry first, proven, then the application, then the port.

With `HTTP_FASTAPI_WORKERS` above 1 this process only watches over uvicorn's workers, each of which
starts telemetry of its own.
"""

import sys

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from http_fastapi.protections.request_head import BoundedHead
from http_fastapi.server import create_app
from http_fastapi.settings import Settings
from http_fastapi.startup import WORKER_CANNOT_START, one_message, start_telemetry

WORKER_START_SECONDS = 30


def main() -> None:
    """Serve until SIGTERM or SIGINT; a wrong setting is one message and exit code 1."""
    with one_message(exit_code=1):
        settings = Settings()
        if settings.workers == 1:
            app = create_app(settings, start_telemetry(settings))
    if settings.workers == 1:
        uvicorn.Server(describe(app, settings)).run()
    else:
        watch_over_workers(describe("http_fastapi.server:app", settings))


def describe(app: FastAPI | str, settings: Settings) -> uvicorn.Config:
    """What uvicorn is to serve, and how; in several workers the application is named, not given."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=settings.workers,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,  # the server span says the same, and more
        reset_contextvars=True,  # or a pipelined request begins within the span of the one before
        timeout_graceful_shutdown=settings.drain_seconds,
        # A new worker that is slower to start is killed, with what it has answered meanwhile.
        timeout_worker_healthcheck=WORKER_START_SECONDS,
        ws_max_size=settings.live_message_bytes,
        http=BoundedHead,
    )


def watch_over_workers(config: uvicorn.Config) -> None:
    """As uvicorn.run() does, which forgets the exit code when the workers cannot start."""
    watch = Multiprocess(config, sockets=[config.bind_socket()])
    watch.run()
    if any(worker.exitcode == WORKER_CANNOT_START for worker in watch.processes):
        sys.exit(1)


if __name__ == "__main__":
    main()
