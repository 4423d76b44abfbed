"""`python -m otelkit.testing.kubernetes --kubeconfig FILE`: an emulated cluster until SIGTERM or SIGINT.

It also ends with who started it.

FILE is written when the API serves. `--rbac TOKEN=FILE` gives the holder of a bearer token these rules.
"""

import argparse
import asyncio
import os
import signal
from pathlib import Path

import kmock
import yaml

from otelkit.testing.kubernetes.emulator import Emulator
from otelkit.testing.kubernetes.kubeconfig import write_kubeconfig
from otelkit.testing.kubernetes.permissions import Permissions


def main() -> None:
    """Serve until a signal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--port", type=int, default=None)
    parser.add_argument("--rbac", action="append", default=[], metavar="TOKEN=FILE")
    options = parser.parse_args()
    permissions = {}
    for given in options.rbac:
        token, _, file = given.partition("=")
        permissions[token] = Permissions(yaml.safe_load_all(Path(file).read_text(encoding="utf-8")))
    asyncio.run(_serve(Emulator(permissions=permissions), options.port, options.kubeconfig))


async def _serve(emulator: Emulator, port: int | None, kubeconfig: Path) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    orphaned = asyncio.create_task(_end_with_parent(ended))
    async with emulator, kmock.Server(emulator, port=port) as server:
        write_kubeconfig(kubeconfig, str(server.url).rstrip("/"))
        await ended.wait()
    orphaned.cancel()


async def _end_with_parent(ended: asyncio.Event) -> None:
    """End when who started this process is gone: nobody else would end it."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(1)
    ended.set()


if __name__ == "__main__":
    main()
