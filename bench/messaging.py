"""What telemetry costs a client of a broker: sides in processes of their own take turns with the same case.

Clients are pinned to one processor; the broker, who feeds it and the receiver of telemetry to the other. CPU
is the client's alone, its exporting threads included. What is added is a ratio of medians over rounds.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from bench.report import Row
from bench.servers import pin
from otelkit.testing.servers.recipe import Recipe
from otelkit.testing.servers.server import Server
from otelkit.testing.servers.sources import open_server

ROUNDS = 9
MOST_OF_FLOOR = {"otelkit": 1.3, "upstream": None}
Round = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Case:
    """What is run: `name` is the sides' word for it, `least` the targets of throughput as parts of bare's."""

    title: str
    name: str
    messages: int
    sides: tuple[str, ...]
    least: Mapping[str, float]


@contextmanager
def broker(recipe: Recipe) -> Iterator[Server]:
    """A broker whose threads all run on the last processor: they inherit where this one may run."""
    before = os.sched_getaffinity(0)
    pin(0, last=True)
    try:
        server = open_server(recipe, own=True)
    finally:
        os.sched_setaffinity(0, before)
    with server:
        yield server


@contextmanager
def process(
    module: str, *arguments: str, environment: Mapping[str, str] | None = None, last: bool = False
) -> "Iterator[subprocess.Popen[str]]":
    """A running `python -m module`, asked by its standard input; it is ended when that closes."""
    command, pipe = [sys.executable, "-m", module, *arguments], subprocess.PIPE
    environ = {**os.environ, **(environment or {})}
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environ) as running:
        pin(running.pid, last=last)
        try:
            yield running
            running.communicate(timeout=30)
        finally:
            running.kill()


def ask(side: "subprocess.Popen[str]", case: str, count: int) -> dict[str, float]:
    """Let a side run a case; gives messages per second, and microseconds of CPU of each.

    Raises:
        RuntimeError: the side ended instead.
    """
    assert side.stdin is not None  # noqa: S101 - asked for above
    assert side.stdout is not None  # noqa: S101 - likewise
    side.stdin.write(f"{count} {case}\n")
    side.stdin.flush()
    if not (line := side.stdout.readline()):
        raise RuntimeError(f"{side.args!r} ended in {case!r}")
    answer: dict[str, float] = json.loads(line)
    return answer


def measure_case(case: Case, sides: "Mapping[str, subprocess.Popen[str]]") -> list[Row]:
    """What each side adds beside what the floor adds, throughput of each as a part of bare, and its CPU."""
    rounds = _take_turns({name: sides[name] for name in case.sides}, case)
    floor = _median_added(rounds, "floor")
    rows = []
    for side, most in MOST_OF_FLOOR.items():
        if side in case.sides:
            added = round(_median_added(rounds, side) / floor, 3)
            rows.append(
                Row(f"{case.title}: CPU added by {side}", added, most, "x that of the floor", "lower")
            )
    for side in case.sides[1:]:
        ratio = round(median(one[side]["per_second"] / one["bare"]["per_second"] for one in rounds), 3)
        least = case.least.get(side)
        rows.append(Row(f"{case.title}: ratio of {side}", ratio, least, "of bare throughput", "higher"))
    for side in case.sides:
        cpu = round(median(one[side]["cpu_us"] for one in rounds), 1)
        rows.append(Row(f"{case.title}: {side}", cpu, None, "µs of CPU a message", "lower"))
    return rows


def _take_turns(sides: "Mapping[str, subprocess.Popen[str]]", case: Case) -> list[Round]:
    """Each round asks all sides, each time another one first. The first round warms up."""
    names, rounds = list(sides), []
    for number in range(ROUNDS + 1):
        turn = number % len(names)
        rounds.append(
            {name: ask(sides[name], case.name, case.messages) for name in names[turn:] + names[:turn]}
        )
    return rounds[1:]


def _median_added(rounds: Sequence[Round], side: str) -> float:
    return median(one[side]["cpu_us"] - one["bare"]["cpu_us"] for one in rounds)
