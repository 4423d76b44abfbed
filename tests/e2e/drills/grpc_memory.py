"""As many unary calls as some minutes allow, at most a million: the process must not grow."""

import argparse
import asyncio
import time
from collections.abc import Sequence
from typing import Any

from bench.report import Row
from tests.e2e.drills.grpc_stock import resident_bytes, settle, stock

CALLS = 1_000_000
IN_FLIGHT = 32


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="in all (default %(default)s)")
    return asyncio.run(_measure(parser.parse_args(arguments).seconds))


async def _measure(seconds: float) -> list[Row]:
    async with stock() as (channel, spans, _):
        first = await _call(channel, seconds / 5)
        await settle(spans)
        held = resident_bytes()
        calls = await _call(channel, seconds * 4 / 5)
        await settle(spans)
        grown = resident_bytes() - held
        return [
            Row("unary calls", first + calls, None, "calls", "higher"),
            Row("spans left open", spans.count, 0, "spans", "lower"),
            Row("memory added by the last four fifths", round(grown / 1024), 2048, "KiB", "lower"),
            Row("memory added a call", round(grown / calls, 2), None, "bytes", "lower"),
        ]


async def _call(channel: Any, seconds: float) -> int:
    end, made = time.monotonic() + seconds, 0
    reserve = channel.unary_unary("/shop.Stock/unary")

    async def work() -> None:
        nonlocal made
        while time.monotonic() < end and made < CALLS:
            await reserve(b"1")
            made += 1

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    return made
