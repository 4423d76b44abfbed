"""Start the server: telemetry first, proven, then the port. SIGTERM and SIGINT drain it.

The telemetry ends in a `finally` of its own, after the last server span and outside of the event loop, which
its last export would block.
"""

import asyncio
import logging
import signal
from threading import Event

from grpc_four_modes.server import serving
from grpc_four_modes.settings import Settings
from grpc_four_modes.startup import one_message, start_telemetry
from grpc_four_modes.sync_server import serving_sync

SIGNALS = (signal.SIGTERM, signal.SIGINT)
_log = logging.getLogger(__name__)


def main() -> None:
    """Serve until a signal; a wrong setting is one message and exit code 1."""
    with one_message():
        settings = Settings()
        telemetry = start_telemetry("grpc-four-modes")
        try:
            if settings.style == "asyncio":
                asyncio.run(serve(settings))
            else:
                serve_sync(settings)
        finally:
            telemetry.shutdown()


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; further ones change nothing, since the drain is bounded."""
    asked_to_end = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, asked_to_end.set)
    async with serving(settings) as port:
        _log.info("serving", extra={"server.port": port})
        await asked_to_end.wait()
        _log.info("draining")


def serve_sync(settings: Settings) -> None:
    """Serve in threads, until the same."""
    asked_to_end = Event()
    for number in SIGNALS:
        signal.signal(number, lambda *_: asked_to_end.set())
    with serving_sync(settings) as port:
        _log.info("serving", extra={"server.port": port})
        asked_to_end.wait()
        _log.info("draining")


if __name__ == "__main__":
    main()
