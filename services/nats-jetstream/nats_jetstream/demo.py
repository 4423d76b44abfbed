"""`make run SERVICE=nats-jetstream`: the service, a customer in a process of its own, and each pattern once.

Both export to the same place, so that each trace crosses the broker. The service goes on until it is told to
end: POST /orders to it.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from nats_jetstream.connection import Connection
from nats_jetstream.customer import Customer
from nats_jetstream.patterns import PATTERNS
from nats_jetstream.settings import PREFIX, Settings
from nats_jetstream.startup import NAME, one_message, start_telemetry

# A terminal shows a trace when nothing came for half a second, and nobody waits minutes for a retry.
_IMPATIENT = {f"{PREFIX}BACKOFF_SECONDS": "0.3,0.1", f"{PREFIX}MAX_DELIVER": "3"}
_POLL_SECONDS = 0.05
_BETWEEN_SECONDS = 1.0  # so that the trees come out one after another


def main() -> int:
    """Run service and customer; returns the service's exit code."""
    for name, value in _IMPATIENT.items():
        os.environ.setdefault(name, value)
    with one_message():
        settings = Settings()
        with _service() as service:
            if _is_up(service, settings):
                _show(settings)
            code = service.wait()
            return 0 if code == -signal.SIGTERM else code


def _is_up(service: "subprocess.Popen[bytes]", settings: Settings) -> bool:
    """Wait until the service has opened its port; False when it has ended instead, and said why."""
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
    while service.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((host, settings.port)) == 0:
                return True
        time.sleep(_POLL_SECONDS)
    return False


def _show(settings: Settings) -> None:
    telemetry = start_telemetry(f"{NAME}-customer")
    try:
        asyncio.run(show(settings))
    finally:
        telemetry.shutdown()


async def show(settings: Settings) -> None:
    """Go through the patterns, on a broker that a service has prepared. Raises ConfigurationError."""
    connection = Connection(settings)
    await connection.open(f"{NAME} customer")
    try:
        for pattern in PATTERNS:
            await pattern(Customer(connection, settings))
            await asyncio.sleep(_BETWEEN_SECONDS)
    finally:
        await connection.close()


@contextmanager
def _service() -> "Iterator[subprocess.Popen[bytes]]":
    service = subprocess.Popen([sys.executable, "-m", "nats_jetstream"])

    def end(*_: int | FrameType | None) -> None:
        service.terminate()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, lambda *_: None)  # the terminal gave it to the service, too
    os.environ["OTEL_SERVICE_NAME"] = f"{NAME}-customer"  # of this process from here on
    try:
        yield service
    finally:
        service.terminate()
        service.wait()


if __name__ == "__main__":
    sys.exit(main())
