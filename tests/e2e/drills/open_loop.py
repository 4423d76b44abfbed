"""Load that does not wait for answers: requests at a given rate, at random moments, over bounded connections.

An arrival that finds no idle connection is not sent, and counted: a client that has no more connections is
what bounds overload in reality, too. Latencies are from writing a request to having its whole answer.

python -m tests.e2e.drills.open_loop PORT PATH RATE SECONDS CONNECTIONS prints one JSON object.
"""

import asyncio
import gc
import json
import random
import sys
import time
from collections import Counter, defaultdict, deque
from statistics import quantiles
from typing import Any

import httptools
import uvloop

LAST_ANSWER_SECONDS = 10
GRAIN_SECONDS = 0.00025  # finer ones cost the processor that is also the receiver's


class Load:
    """Everything that was sent and answered."""

    def __init__(self, path: str) -> None:
        self.request = f"GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n".encode()
        self.idle: deque[Connection] = deque()
        self.latencies: dict[int, list[float]] = defaultdict(list)  # by status, in seconds
        self.counts: Counter[str] = Counter()
        self.answered = asyncio.Event()

    def arrive(self) -> None:
        """Send a request if there is a connection for it."""
        self.counts["offered"] += 1
        if self.idle:
            self.counts["sent"] += 1
            self.idle.popleft().ask()

    async def run(self, rate: float, seconds: float) -> None:
        """Let requests arrive, a Poisson process of `rate` a second."""
        begun = due = time.perf_counter()
        while due - begun < seconds:
            while due <= time.perf_counter():
                self.arrive()
                due += random.expovariate(rate)
            await asyncio.sleep(max(GRAIN_SECONDS, due - time.perf_counter()))

    def report(self, seconds: float) -> dict[str, object]:
        """Counts, and per status how many and how fast (milliseconds)."""
        cuts = {status: quantiles(found, n=100) for status, found in self.latencies.items() if len(found) > 1}
        return {
            **self.counts,
            "seconds": seconds,
            "statuses": {status: len(found) for status, found in self.latencies.items()},
            "p50_ms": {status: cut[49] * 1e3 for status, cut in cuts.items()},
            "p99_ms": {status: cut[98] * 1e3 for status, cut in cuts.items()},
        }


class Connection(asyncio.Protocol):
    """One connection: idle, or waiting for the answer to one request."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._asked = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be idle."""
        self._transport: Any = transport  # uvloop's is of no type of asyncio
        self._load.idle.append(self)

    def ask(self) -> None:
        """Send a request."""
        self._parser = httptools.HttpResponseParser(self)
        self._asked = time.perf_counter()
        self._transport.write(self._load.request)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, which calls on_message_complete()."""
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Note the answer; be idle."""
        self._load.latencies[self._parser.get_status_code()].append(time.perf_counter() - self._asked)
        self._asked = 0.0
        self._load.idle.append(self)
        self._load.answered.set()

    def connection_lost(self, error: Exception | None) -> None:
        """Count a request that was not answered."""
        self._load.counts["broken"] += self._asked > 0


async def main(port: int, path: str, rate: float, seconds: float, connections: int) -> None:
    """Send, wait for the last answers, report."""
    load, loop = Load(path), asyncio.get_running_loop()
    for _ in range(connections):
        await loop.create_connection(lambda: Connection(load), "127.0.0.1", port)
    gc.freeze()
    gc.disable()
    begun = time.perf_counter()
    await load.run(rate, seconds)
    elapsed = time.perf_counter() - begun
    load.answered.clear()
    async with asyncio.timeout(LAST_ANSWER_SECONDS):
        while len(load.idle) < connections:
            await load.answered.wait()
            load.answered.clear()
    sys.stdout.write(json.dumps(load.report(elapsed)))


if __name__ == "__main__":
    port, path, rate, seconds, connections = sys.argv[1:]
    uvloop.run(main(int(port), path, float(rate), float(seconds), int(connections)))
