"""What telemetry costs gRPC: asyncio, client and server in processes of their own, both instrumented.

All sides run in one go and take turns, with a control that compares the bare side with itself. Unary calls,
32 in flight, and streams of 1,000 messages, all sampled, encoded and sent to a receiver that discards them.
CPU is that of client and server together, exporting included.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

import psutil

from bench.report import Row
from bench.servers import discarding_receiver, pin

ROUNDS = 9
SECONDS = 1.5
SIDES = ("bare", "control", "floor", "otelkit", "upstream", "no-op")
STREAMED = ("bare", "control", "otelkit", "upstream", "no-op")
Round = dict[str, dict[str, float]]


class Side:
    """A running server and its client."""

    def __init__(self, server: "subprocess.Popen[str]", client: "subprocess.Popen[str]") -> None:
        self._server, self._client = psutil.Process(server.pid), client

    def run(self, case: str, seconds: float) -> dict[str, float]:
        """Let the client call; gives calls per second and CPU of both for each call, in microseconds."""
        assert self._client.stdin is not None  # noqa: S101 - asked for below
        assert self._client.stdout is not None  # noqa: S101 - likewise
        before = sum(self._server.cpu_times()[:2])
        self._client.stdin.write(f"{case} {seconds}\n")
        self._client.stdin.flush()
        done = json.loads(self._client.stdout.readline())
        cpu = sum(self._server.cpu_times()[:2]) - before + done["cpu_seconds"]
        return {"per_second": done["per_second"], "cpu_us": cpu / done["calls"] * 1e6}


def measure() -> list[Row]:
    """Run both cases over all sides."""
    with ExitStack() as stack:
        environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": stack.enter_context(discarding_receiver())}
        sides = {name: stack.enter_context(_running(name, environment)) for name in SIDES}
        unary = _rounds({name: sides[name] for name in SIDES}, "unary")
        stream = _rounds({name: sides[name] for name in STREAMED}, "stream")
    return [
        Row("unary: CPU added by otelkit", _added(unary, "otelkit"), 1.15, "x that of the floor", "lower"),
        Row("unary: CPU added by upstream", _added(unary, "upstream"), None, "x that of the floor", "lower"),
        *_rows("unary", unary, {"otelkit": 0.62, "no-op": 0.95}),
        *_rows("stream of 1,000", stream, {"otelkit": 0.9, "no-op": None}),
    ]


@contextmanager
def _running(side: str, environment: dict[str, str]) -> Iterator[Side]:
    with _process([side, "server"], environment) as server:
        assert server.stdout is not None  # noqa: S101 - asked for
        pin(server.pid, last=False)
        port = int(server.stdout.readline())
        with _process([side, "client", str(port)], environment) as client:
            pin(client.pid, last=True)
            yield Side(server, client)


@contextmanager
def _process(arguments: list[str], environment: dict[str, str]) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, "-m", "bench.grpc_side", *arguments]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _rounds(sides: dict[str, Side], case: str) -> list[Round]:
    for side in sides.values():
        side.run(case, SECONDS)  # warm up
    return [{name: side.run(case, SECONDS) for name, side in sides.items()} for _ in range(ROUNDS)]


def _added(rounds: list[Round], side: str) -> float:
    def added(one: Round, name: str) -> float:
        return one[name]["cpu_us"] - one["bare"]["cpu_us"]

    return round(median(added(one, side) / added(one, "floor") for one in rounds), 3)


def _rows(case: str, rounds: list[Round], targets: dict[str, float | None]) -> list[Row]:
    rows = []
    for side in [name for name in rounds[0] if name != "bare"]:
        ratio = median(one[side]["per_second"] / one["bare"]["per_second"] for one in rounds)
        target = targets.get(side)
        rows.append(Row(f"{case}: ratio of {side}", round(ratio, 3), target, "of bare throughput", "higher"))
    for side in rounds[0]:
        cpu = median(one[side]["cpu_us"] for one in rounds)
        rows.append(Row(f"{case}: {side}", round(cpu, 1), None, "µs of CPU a call", "lower"))
    return rows
