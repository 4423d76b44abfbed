"""Load from another process: keep-alive connections that each send one request after another.

A closed loop finds what the server can do. With --rate each request has its time, and its latency counts
from then, so that a server that stalls is not asked less for it. Prints one JSON object.
"""

import argparse
import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from statistics import quantiles
from urllib.parse import urlsplit

import httptools


@dataclass
class Tally:
    """What the connections saw; latencies in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    broken: int = 0


@dataclass
class Pace:
    """When the next request is due, over all connections; without a rate that is at once."""

    rate: float
    due: float

    def next(self, now: float) -> float:
        """Take the next time."""
        if not self.rate:
            return now
        self.due += 1 / self.rate
        return self.due


class Connection(asyncio.Protocol):
    """One connection: sends the next request when the last answer is complete."""

    def __init__(self, request: bytes, until: float, tally: Tally, pace: Pace) -> None:
        self._request, self._until, self._tally, self._pace = request, until, tally, pace
        self._sent = 0.0  # when the request under way was sent, or due; 0 when none is
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what create_connection gives
        self._transport = transport
        self._go_on()

    def data_received(self, data: bytes) -> None:
        """Feed the parser, which calls on_message_complete()."""
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Count the answer and go on until time is up."""
        self._tally.statuses[self._parser.get_status_code()] += 1
        self._tally.latencies.append(time.monotonic() - self._sent)
        self._go_on()

    def connection_lost(self, error: Exception | None) -> None:
        """Count a connection that ended amid a request."""
        self._tally.broken += self._sent > 0
        self.closed.set_result(None)

    def _go_on(self) -> None:
        self._sent, now = 0.0, time.monotonic()
        due = self._pace.next(now)
        if due >= self._until:
            self._transport.close()
        elif due <= now:
            self._ask(due)
        else:
            asyncio.get_running_loop().call_later(due - now, self._ask, due)

    def _ask(self, due: float) -> None:
        if not self._transport.is_closing():
            self._parser = httptools.HttpResponseParser(self)
            self._sent = due
            self._transport.write(self._request)


async def run_load(url: str, connections: int, seconds: float, rate: float) -> dict[str, float]:
    """Send for `seconds` over `connections`, `rate` a second or all they can; latencies are milliseconds."""
    parts = urlsplit(url)
    request = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: load\r\n\r\n".encode()
    tally, loop, start = Tally(), asyncio.get_running_loop(), time.monotonic()
    pace = Pace(rate, start)
    made = [
        await loop.create_connection(
            lambda: Connection(request, start + seconds, tally, pace), parts.hostname or "", parts.port or 80
        )
        for _ in range(connections)
    ]
    await asyncio.wait_for(asyncio.gather(*(protocol.closed for _, protocol in made)), seconds + 30)
    cuts = quantiles(tally.latencies, n=100)
    good = sum(count for status, count in tally.statuses.items() if status < 500)  # noqa: PLR2004 - server errors
    return {
        "requests": good,
        "failed": sum(tally.statuses.values()) - good + tally.broken,
        "per_second": good / (time.monotonic() - start),
        "p50_ms": cuts[49] * 1e3,
        "p99_ms": cuts[98] * 1e3,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rate", type=float, default=0.0)
    print(json.dumps(asyncio.run(run_load(**vars(parser.parse_args())))))
