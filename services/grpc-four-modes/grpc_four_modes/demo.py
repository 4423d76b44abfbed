"""`make run SERVICE=grpc-four-modes`: a server, a client of it in a process of its own, and each mode once.

Both export to the same place, so that each trace crosses the wire. The server goes on until it is told to
end, for the command-line client to talk to.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from types import FrameType

from pydantic import SecretStr

from grpc_four_modes.client import Client, open_client
from grpc_four_modes.generated.stock_pb2 import Adjustment
from grpc_four_modes.haggling import Buyer
from grpc_four_modes.modes import adjust, negotiate, reserve, watch
from grpc_four_modes.ports import own_address
from grpc_four_modes.settings import ClientSettings, Settings
from grpc_four_modes.startup import one_message, start_telemetry

SERVER = "grpc-four-modes"


def main() -> int:
    """Run server and client; returns the server's exit code."""
    with one_message():
        settings = Settings()
        target = own_address(settings, settings.port)
        token = next(iter(settings.token_list()), None)
        client = ClientSettings(target=target, token=SecretStr(token) if token else None)
        with _server() as server:
            telemetry = start_telemetry(f"{SERVER}-client")
            try:
                asyncio.run(_call_each_mode(client))
            finally:
                telemetry.shutdown()
            return server.wait()


@contextmanager
def _server() -> Iterator[subprocess.Popen[bytes]]:
    server = subprocess.Popen([sys.executable, "-m", "grpc_four_modes"])

    def end(*_: int | FrameType | None) -> None:
        server.terminate()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, lambda *_: None)  # the terminal gave it to the server, too
    os.environ["OTEL_SERVICE_NAME"] = f"{SERVER}-client"  # of this process from here on
    try:
        yield server
    finally:
        server.terminate()
        server.wait()


async def _call_each_mode(settings: ClientSettings) -> None:
    async with open_client(settings) as client:
        await reserve.call(client, "chair", 6)
        watching = asyncio.create_task(_watch_until_it_changes(client))
        await adjust.call(client, _adjustments())
        async for _ in negotiate.call(client, Buyer("tea", 10, 900)):
            pass
        await watching


async def _watch_until_it_changes(client: Client) -> None:
    async for _ in watch.call(client, "lamp", most=2):
        pass


async def _adjustments() -> AsyncIterator[Adjustment]:
    for _ in range(20):
        yield Adjustment(item="lamp", change=5)
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main())
