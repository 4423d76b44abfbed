"""10,000 streams that nobody reads to the end: left, cancelled, dropped, too late. None may stay."""

import argparse
import asyncio
import tracemalloc
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import grpc

from bench.report import Row
from tests.e2e.drills.grpc_stock import resident_bytes, settle, stock

AT_ONCE = 20
METHOD = "/shop.Stock/stream"


async def leave(channel: Any) -> None:
    async for _ in channel.unary_stream(METHOD)(b"1"):
        break


async def cancel(channel: Any) -> None:
    call = channel.unary_stream(METHOD)(b"1")
    await call.read()
    call.cancel()


async def drop(channel: Any) -> None:
    channel.unary_stream(METHOD)(b"1")
    await asyncio.sleep(0)


async def be_late(channel: Any) -> None:
    with suppress(grpc.aio.AioRpcError):
        async for _ in channel.unary_stream(METHOD)(b"1", timeout=0.005):
            pass


WAYS = (leave, cancel, drop, be_late)


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="streams in all (default %(default)s)")
    tracemalloc.start()
    try:
        return asyncio.run(_measure(parser.parse_args(arguments).count))
    finally:
        tracemalloc.stop()


async def _measure(streams: int) -> list[Row]:
    async with stock() as (channel, spans, _):
        await _run(channel, streams // 5)
        await settle(spans)
        tasks, resident, held = len(asyncio.all_tasks()), resident_bytes(), tracemalloc.get_traced_memory()[0]
        await _run(channel, streams - streams // 5)
        await settle(spans)
        left, resident = len(asyncio.all_tasks()) - tasks, resident_bytes() - resident
        grown = tracemalloc.get_traced_memory()[0] - held
        return [
            Row("spans ended", spans.ended, None, "spans", "higher"),
            Row("spans left open", spans.count, 0, "spans", "lower"),
            Row("tasks left", left, 0, "tasks", "lower"),
            Row("Python's memory added by the last four fifths", round(grown / 1024), 512, "KiB", "lower"),
            # grpc's own core keeps some 260 bytes of each cancelled stream, with and without instrumentation.
            Row("memory of the process added by them", round(resident / 1024), None, "KiB", "lower"),
        ]


async def _run(channel: Any, streams: int) -> None:
    for start in range(0, streams, AT_ONCE):
        await asyncio.gather(*(WAYS[(start + number) % len(WAYS)](channel) for number in range(AT_ONCE)))
