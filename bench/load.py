"""Load from another process: keep-alive connections that each send one request after another.

A closed loop on purpose: its throughput is what the server can do. `python -m bench.load`
prints one JSON object, so that whoever started it can read it.
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


class Connection(asyncio.Protocol):
    """One connection: sends the next request when the last answer is complete."""

    def __init__(self, request: bytes, until: float, tally: Tally) -> None:
        self._request, self._until, self._tally = request, until, tally
        self._sent = 0.0  # when the request under way was sent; 0 when none is
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what create_connection gives
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Feed the parser, which calls on_message_complete()."""
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Count the answer and go on until time is up."""
        self._tally.statuses[self._parser.get_status_code()] += 1
        self._tally.latencies.append(time.perf_counter() - self._sent)
        if time.monotonic() < self._until:
            self._next()
        else:
            self._sent = 0.0
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Count a connection that ended amid a request."""
        self._tally.broken += self._sent > 0
        self.closed.set_result(None)

    def _next(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._sent = time.perf_counter()
        self._transport.write(self._request)


async def run_load(url: str, method: str, body: str, connections: int, seconds: float) -> dict[str, float]:
    """Send for `seconds` over `connections`; latencies in the result are milliseconds."""
    parts = urlsplit(url)
    request = (
        f"{method} {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
    tally, loop, start = Tally(), asyncio.get_running_loop(), time.monotonic()
    made = [
        await loop.create_connection(
            lambda: Connection(request, start + seconds, tally), parts.hostname or "", parts.port or 80
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
    parser.add_argument("--method", default="GET")
    parser.add_argument("--body", default="")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=3.0)
    print(json.dumps(asyncio.run(run_load(**vars(parser.parse_args())))))
