"""What telemetry adds to a query: SQLite in memory, so that nothing hides it.

Four sides take turns in one run: `bare`, `floor` (the same span and metric point written by hand against the
SDK), `ours` and `upstream`; a control compares bare with itself. Processor time, not the clock. `connection
and query` takes a connection from the pool for each query, which we measure and the floor does not;
`exported` adds what each exports with: ours otelkit's pipeline, upstream the SDK's.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

from bench.report import Row
from bench.servers import discarding_receiver, pin

ROUNDS = 9
ALONE = dict.fromkeys(("bare", "control", "floor", "ours", "upstream"), "none")
EXPORTED = {"bare": "none", "ours": "otelkit", "upstream": "sdk"}
Rounds = list[dict[str, float]]


def measure() -> list[Row]:
    """Run all cases; every round has all sides, and ratios are medians over rounds."""
    with discarding_receiver() as endpoint:
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint
        query, lent, bulk = _run(ALONE, 1.0, ("query", "lent", "bulk"))
        (tenth,) = _run(ALONE, 0.1, ("lent",))
        (exported,) = _run(EXPORTED, 1.0, ("query",))
    tenth_of_whole = round(_added(tenth, "ours") / _added(lent, "ours"), 2)
    return [
        Row("query: added, of the floor's", _ratio(query, "floor"), 1.3, "x", "lower"),
        Row("query: added, of upstream's", _ratio(query, "upstream"), None, "x", "lower"),
        *_sides("query", query),
        Row("connection and query: added, of upstream's", _ratio(lent, "upstream"), 0.5, "x", "lower"),
        *_sides("connection and query", lent),
        Row("connection and query at 10 %: added, of all sampled", tenth_of_whole, 0.333, "x", "lower"),
        *_sides("connection and query at 10 %", tenth),
        Row("query, exported: added, of upstream's", _ratio(exported, "upstream"), None, "x", "lower"),
        *_sides("query, exported", exported),
        Row("bulk insert of 100,000 rows: ratio", _speed(bulk, "ours"), 0.98, "of bare", "higher"),
        Row("bulk insert of 100,000 rows: control", _speed(bulk, "control"), None, "of bare", "higher"),
    ]


def _sides(case: str, rounds: Rounds) -> list[Row]:
    others = [side for side in rounds[0] if side != "bare"]
    return [
        Row(f"{case}: {side} adds", round(_added(rounds, side), 1), None, "µs", "lower") for side in others
    ]


def _run(sides: dict[str, str], ratio: float, cases: tuple[str, ...]) -> list[Rounds]:
    """Give for each case its rounds: microseconds of each side."""
    with ExitStack() as stack:
        running = {
            side: stack.enter_context(_side("bare" if side == "control" else side, ratio, pipeline))
            for side, pipeline in sides.items()
        }
        results = []
        for case in cases:
            rounds = [_round(running, case, number) for number in range(ROUNDS + 1)]
            results.append(rounds[1:])  # the first warms up
        return results


def _round(running: dict[str, "subprocess.Popen[str]"], case: str, number: int) -> dict[str, float]:
    """Ask all sides, each time another one first."""
    sides = list(running)
    turn = number % len(sides)
    return {side: _ask(running[side], case) for side in sides[turn:] + sides[:turn]}


@contextmanager
def _side(side: str, ratio: float, pipeline: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "bench.sql_side", side, str(ratio), pipeline]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        pin(process.pid, last=False)
        yield process
        process.communicate(timeout=60)


def _ask(process: "subprocess.Popen[str]", case: str) -> float:
    assert process.stdin is not None  # noqa: S101 - asked for above
    assert process.stdout is not None  # noqa: S101 - asked for above
    process.stdin.write(f"{case}\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def _added(rounds: Rounds, side: str) -> float:
    return median(one[side] - one["bare"] for one in rounds)


def _ratio(rounds: Rounds, other: str) -> float:
    return round(_added(rounds, "ours") / _added(rounds, other), 2)


def _speed(rounds: Rounds, side: str) -> float:
    return round(median(one["bare"] / one[side] for one in rounds), 3)
