"""What a span costs from its start to the wire, beside the SDK's batch processor and exporter in one run.

Three sides: `direct` encodes where the span ends, `worker` has the same encoder in the SDK's
worker thread, `sdk` is the SDK's own. docs/decisions.md says why direct is the default.
"""

import json
import subprocess
import sys
from statistics import median

from bench import encoding
from bench.report import Row
from bench.servers import discarding_receiver
from otelkit.receiver import Accepted, Receiver

ROUNDS = 3
SIDES = ("direct", "worker", "sdk")
NOWHERE = "grpc+http://127.0.0.1:9"  # the discard port: nothing listens


def measure() -> list[Row]:
    """Run all cases, the sides of each in turn."""
    ratios = encoding.measure()
    rows = [
        Row("spans encoded, times faster", round(ratios["spans"], 2), 4, "x", "higher"),
        Row("logs encoded, times faster", round(ratios["logs"], 2), 3, "x", "higher"),
        Row("metrics encoded, times faster", round(ratios["metrics"], 2), 3, "x", "higher"),
        *_created(),
        *_costs_of_spans(),
    ]
    with discarding_receiver() as address:
        endpoint = f"grpc+{address}"
        for side in SIDES:
            wire = _each(side, "throughput", endpoint)["per_core_second"]
            rows.append(
                Row(f"{side}: created, ended, on the wire", round(wire), None, "spans/core s", "higher")
            )
        for side in SIDES:
            size = _each(side, "memory", NOWHERE)["bytes_each"]
            limit = 700 if side == "direct" else None
            rows.append(Row(f"{side}: memory of a waiting span", round(size), limit, "bytes", "lower"))
        for side in SIDES:
            times = _each(side, "latency", endpoint)
            rows += [
                Row(f"{side}: caller waits, {cut}", round(times[f"{cut}_us"], 1), None, "µs", "lower")
                for cut in ("p50", "p99", "p999", "max")
            ]
        rows += _rest("over gRPC", endpoint)
    receiver = Receiver(lambda *_: Accepted())
    receiver.start()
    rows += _rest("over HTTP", f"http/protobuf+http://127.0.0.1:{receiver.http_port}")
    receiver.stop()
    return rows


def _created() -> list[Row]:
    ours, theirs = (encoding.created_and_encoded(direct=direct) for direct in (True, False))
    return [
        Row("direct: created, ended, encoded", round(ours), 40_000, "spans/core s", "higher"),
        Row("sdk: created, ended, encoded", round(theirs), None, "spans/core s", "higher"),
    ]


def _costs_of_spans() -> list[Row]:
    rows = []
    for side, whose, most in (("cheap", "ours", (15, 3)), ("sdk", "the SDK's", (None, None))):
        seen = _run("bench.spans_side", side)
        rows += [
            Row(f"span, {whose}: start to queue", round(seen["recorded"], 1), most[0], "µs", "lower"),
            Row(f"span, {whose}: dropped", round(seen["dropped"], 1), most[1], "µs", "lower"),
        ]
    return rows


def _rest(how: str, endpoint: str) -> list[Row]:
    seen = _each("direct", "rest", endpoint, rounds=1)
    total, own = seen["wakeups"] + seen["grpc_wakeups"], seen["wakeups"]
    rows = [
        Row(f"direct: at rest, {how}", round(seen["cpu_ms"], 2), 1, "ms of CPU/s", "lower"),
        Row(f"direct: wakes at rest, {how}", round(total, 2), 1, "times/s", "lower"),
    ]
    if seen["grpc_wakeups"]:
        rows.append(Row(f"direct: of these, not gRPC's core, {how}", round(own, 2), 1, "times/s", "lower"))
    return rows


def _each(side: str, case: str, endpoint: str, rounds: int = ROUNDS) -> dict[str, float]:
    """Medians over some runs, each in a process of its own."""
    return _run("bench.export_side", side, case, endpoint, rounds=rounds)


def _run(*module_and_arguments: str, rounds: int = ROUNDS) -> dict[str, float]:
    command, runs = [sys.executable, "-m", *module_and_arguments], []
    for _ in range(rounds):
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=True
        )
        runs.append(json.loads(done.stdout))
    return {name: median(run[name] for run in runs) for name in runs[0]}
