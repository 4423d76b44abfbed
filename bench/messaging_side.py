"""A client under measurement answers `COUNT CASE` lines of its standard input until that closes."""

import asyncio
import gc
import json
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from otelkit import configure

UNTRACED = {"bare", "control", "no-op"}
BODY = b'{"order_id": "4711", "item": "tea", "quantity": 2, "address": "1 Harbour Street", "paid": true}'
IN_FLIGHT = 100


class Clock:
    """Started by a case when its messages are there; read when it has returned."""

    def start(self) -> None:
        """Count from here on."""
        gc.collect()
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self, flush: Callable[[], object]) -> tuple[float, float]:
        """Give seconds that passed, and those of the processor, which include that of the rest of export."""
        wall = time.perf_counter() - self._wall
        flush()
        return wall, time.process_time() - self._cpu


Case = Callable[[int, Clock], Awaitable[None]]


def start_telemetry(side: str, instrumentor: type[Any], **settings: Any) -> Callable[[], object]:
    """Give the side the SDK and the instrumentation that it has; gives what exports what is finished.

    Sides: `bare`, `control` (bare once more), `floor` (SDK alone: by hand), `no-op` and `passing` (without an
    SDK). All consume what their like publishes: UNTRACED messages without context, the others with it.
    """
    flush: Callable[[], object] = gc.isenabled
    if side not in {*UNTRACED, "passing"}:
        flush = configure("bench").force_flush
    if side not in {"bare", "control", "floor"}:
        instrumentor().instrument(**settings)
    return flush


async def answer(cases: Mapping[str, Case], flush: Callable[[], object]) -> None:
    """Run the case that each line names; answers with JSON."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        count, _, case = line.strip().partition(" ")
        clock = Clock()
        await cases[case](int(count), clock)
        wall, cpu = clock.read(flush)
        print(json.dumps({"per_second": int(count) / wall, "cpu_us": cpu / int(count) * 1e6}), flush=True)


async def repeat_in_flight(one: Callable[[], Awaitable[object]], count: int) -> None:
    """Run `one` so many times, IN_FLIGHT of them at a time."""

    async def work() -> None:
        for _ in range(count // IN_FLIGHT):
            await one()

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


def created(*, traced: bool) -> dict[str, str] | None:
    """Give headers of a message of somebody else's; a traced one is sampled."""
    return {"traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"} if traced else None
