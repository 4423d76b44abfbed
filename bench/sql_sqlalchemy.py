"""What telemetry adds to a query: SQLite in memory, so that nothing hides it.

Four sides take turns in one run: `bare`, `floor` (the same span and metric point written by hand against the
SDK), `ours` and `upstream`; a control compares bare with itself. Processor time, not the clock. `shipped`
adds what each exports with: ours otelkit's pipeline, upstream the SDK's.
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
SHIPPED = {"bare": "none", "ours": "otelkit", "upstream": "sdk"}
Rounds = list[dict[str, float]]


def measure() -> list[Row]:
    """Run all cases; every round has all sides, and ratios are medians over rounds."""
    with discarding_receiver() as endpoint:
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint
        sampled, lent, bulk = _run(ALONE, 1.0, ("query", "lent", "bulk"))
        (tenth,) = _run(ALONE, 0.1, ("query",))
        (shipped,) = _run(SHIPPED, 1.0, ("query",))
    whole = _added(sampled, "ours")
    return [
        *(
            Row(f"query: {side} adds", round(_added(sampled, side), 1), None, "µs", "lower")
            for side in ALONE
            if side != "bare"
        ),
        Row("query: added, of the floor's", _ratio(sampled, "floor"), 1.3, "x", "lower"),
        Row("query: added, of upstream's", _ratio(sampled, "upstream"), 0.5, "x", "lower"),
        Row("query at 10 %: floor adds", round(_added(tenth, "floor"), 1), None, "µs", "lower"),
        Row("query at 10 %: ours adds", round(_added(tenth, "ours"), 1), None, "µs", "lower"),
        Row("query at 10 %: added, of all sampled", _of(_added(tenth, "ours"), whole), 0.333, "x", "lower"),
        Row("query shipped: ours adds", round(_added(shipped, "ours"), 1), None, "µs", "lower"),
        Row("query shipped: upstream adds", round(_added(shipped, "upstream"), 1), None, "µs", "lower"),
        Row("query shipped: added, of upstream's", _ratio(shipped, "upstream"), None, "x", "lower"),
        Row("query in a lent connection: ours adds", round(_added(lent, "ours"), 1), None, "µs", "lower"),
        Row("query in a lent connection: added, of upstream's", _ratio(lent, "upstream"), None, "x", "lower"),
        Row("bulk insert of 100,000 rows: ratio", _speed(bulk, "ours"), 0.98, "of bare", "higher"),
        Row("bulk insert of 100,000 rows: control", _speed(bulk, "control"), None, "of bare", "higher"),
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
            rounds = [{side: _ask(process, case) for side, process in running.items()} for _ in range(ROUNDS)]
            results.append(rounds[1:])  # the first warms up
        return results


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


def _of(part: float, whole: float) -> float:
    return round(part / whole, 2)


def _ratio(rounds: Rounds, other: str) -> float:
    return _of(_added(rounds, "ours"), _added(rounds, other))


def _speed(rounds: Rounds, side: str) -> float:
    return round(median(one["bare"] / one[side] for one in rounds), 3)
