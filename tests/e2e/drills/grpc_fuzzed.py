"""50,000 calls with wrong metadata and connections with malformed frames: the next call works."""

import argparse
import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import grpc

from bench.report import Row
from tests.e2e.drills.grpc_stock import settle, stock

AT_ONCE = 25
FRAMES_EVERY = 10  # one case in ten is a connection, the others are calls
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
NAMES = ("traceparent", "tracestate", "baggage", "trace-bin", "x", "traceparent-bin")
PIECES = ("00", "ff", "-", ";", "=", ",", "%", "%zz", " ", "0" * 32, "a" * 16, "01", "~" * 300, "tenant=1")


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50_000, help="cases in all (default %(default)s)")
    parser.add_argument("--seed", type=int, default=4711, help="of the cases (default %(default)s)")
    options = parser.parse_args(arguments)
    return asyncio.run(_measure(options.count, random.Random(options.seed)))  # noqa: S311 - to be repeatable


async def _measure(cases: int, chance: random.Random) -> list[Row]:
    answered, failed = 0, 0
    async with stock() as (channel, spans, address):
        reserve = channel.unary_unary("/shop.Stock/unary")
        for start in range(0, cases, AT_ONCE):
            numbers = range(start, start + AT_ONCE)
            await asyncio.gather(*(_try(number, reserve, address, chance) for number in numbers))
            try:
                answered += await reserve(b"next", timeout=10) == b"next"
            except grpc.aio.AioRpcError:
                failed += 1
        await settle(spans)
        return [
            Row("calls and connections", cases, None, "cases", "higher"),
            Row("good calls answered between", answered, None, "calls", "higher"),
            Row("good calls not answered", failed, 0, "calls", "lower"),
            Row("spans left open", spans.count, 0, "spans", "lower"),
        ]


async def _try(number: int, reserve: Any, address: str, chance: random.Random) -> None:
    if number % FRAMES_EVERY == 0:
        await _send(address, chance)
        return
    metadata = [_entry(chance) for _ in range(chance.randint(0, 4))]
    with suppress(grpc.aio.AioRpcError, grpc.aio.BaseError):  # the latter is what grpc refuses to send
        await reserve(b"1", metadata=tuple(metadata), timeout=10)


def _entry(chance: random.Random) -> tuple[str, str | bytes]:
    name = chance.choice(NAMES)
    if name.endswith("-bin"):
        return name, chance.randbytes(chance.randint(0, 60))
    return name, "".join(chance.choices(PIECES, k=chance.randint(0, 6)))


async def _send(address: str, chance: random.Random) -> None:
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    frame = chance.randint(0, 80).to_bytes(3) + chance.randbytes(6) + chance.randbytes(chance.randint(0, 80))
    with suppress(OSError, TimeoutError):
        writer.write(chance.choice([PREFACE + SETTINGS + frame, PREFACE + frame, frame]))
        await writer.drain()
        await asyncio.wait_for(reader.read(1), 0.02)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
