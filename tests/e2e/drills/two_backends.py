"""Two backends behind one Collector, as with `TO=jaeger,viewer`: one is away, and the other does not notice.

It comes back, then swallows without an answer, while a service goes on at a steady rate; then once more with
a queue too small for that, which fills up. The other one's delay, from the end of a span to its arrival, has
to stay that of the undisturbed time. Counted by span id at both: while the queue has room nothing is lost,
and what a full one refuses is lost for that backend alone, and counted by the Collector's own metric. At last
the Collector is killed again and again: what it has answered for and not queued yet would be lost.
"""

import argparse
import re
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager

from bench.report import Row
from tests.e2e.drills.behind_collector import Source, steady_source
from tests.e2e.drills.both_backends import VICTIM, Both, both_backends
from tests.e2e.drills.timed_backend import ARRIVAL_SECONDS, POLL_SECONDS, Delays

ADDED_P50_MS, ADDED_P99_MS = 100, 500
KILLED_RATE, SECONDS_A_KILL = 3000, 2.0
BYTES_A_SPAN = 100  # far fewer than one takes, so that the small queue is full after a part of the time
REFUSED = re.compile(rf'enqueue_failed_spans\{{exporter="otlp_grpc/{VICTIM}".*\}} (\S+)')


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill with a queue that is large enough, then with one that is not."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args(arguments)
    return [
        *_with_room(options.rate, options.seconds),
        *_with_a_full_queue(options.rate, options.seconds),
        *_killed(options.kills),
    ]


def _with_room(rate: int, seconds: float) -> list[Row]:
    lead = max(4.0, seconds / 6)
    with both_backends() as both:
        victim, other = both.victim, both.other
        with _source(both, rate, 2 * seconds + 3 * lead) as source:
            moments = [time.time_ns()]
            for step, length in (
                (None, lead),
                (victim.leave, seconds),
                (victim.answer, lead),
                (victim.swallow, seconds),
                (victim.answer, lead),
            ):
                if step:
                    step()
                moments.append(_after(length))
            ids = source.ids()
        lost = {"other": other.wait_for(ids), "victim": victim.wait_for(ids)}
    names = ("undisturbed", "away", "back", "black hole", "answers again")
    delays = dict(zip(names, (other.delays(*moments[n : n + 2]) for n in range(len(names))), strict=True))
    return [
        Row("spans ended", len(ids), rate * 2 * seconds, "spans", "higher"),
        *_delay_rows(delays),
        Row("the other: lost", len(lost["other"]), 0, "spans", "lower"),
        Row("the other: duplicated", round(other.duplicated_percent(), 3), 0, "%", "lower"),
        Row("the victim, at the end: lost", len(lost["victim"]), 0, "spans", "lower"),
        Row("the victim, at the end: duplicated", round(victim.duplicated_percent(), 3), None, "%", "lower"),
    ]


def _with_a_full_queue(rate: int, seconds: float) -> list[Row]:
    lead = max(4.0, seconds / 6)
    queue_bytes = max(262_144, int(rate * seconds * BYTES_A_SPAN))
    with both_backends(COLLECTOR_QUEUE_BYTES=str(queue_bytes)) as both:
        with _source(both, rate, seconds + 2 * lead) as source:
            begun, away = time.time_ns(), _after(lead)
            both.victim.swallow()
            back = _after(seconds)
            both.victim.answer()
            ids = source.ids()
        other_lost = both.other.wait_for(ids)
        missing, counted = _settled(both, ids)
    delays = {"undisturbed": both.other.delays(begun, away), "full queue": both.other.delays(away, back)}
    return [
        *_delay_rows(delays)[2:],
        Row("full queue: the other: lost", len(other_lost), 0, "spans", "lower"),
        Row("full queue: the other: duplicated", round(both.other.duplicated_percent(), 3), 0, "%", "lower"),
        Row("full queue: the victim: lost", missing, None, "spans", "lower"),
        Row("full queue: the victim: lost and not counted", abs(missing - counted), 0, "spans", "lower"),
    ]


def _killed(kills: int) -> list[Row]:
    """Kill the Collector while both answer: what is between its answer and a queue is in memory."""
    seconds = kills * SECONDS_A_KILL + 2.0
    with both_backends() as both:
        with _source(both, KILLED_RATE, seconds) as source:
            for _ in range(kills):
                time.sleep(SECONDS_A_KILL / 2)
                both.collector.kill()
                both.collector.start()
            ids = source.ids()
        missing = both.other.wait_for(ids) | both.victim.wait_for(ids)
    case = f"Collector killed {kills} times at {KILLED_RATE:,}/s"
    return [
        Row(f"{case}: spans ended", len(ids), None, "spans", "higher"),
        Row(f"{case}: lost at either", len(missing), None, "spans", "lower"),
    ]


def _delay_rows(delays: dict[str, Delays]) -> list[Row]:
    usual = delays["undisturbed"]
    rows = []
    for name, one in delays.items():
        bounds = (None, None) if one is usual else (usual.p50 + ADDED_P50_MS, usual.p99 + ADDED_P99_MS)
        for percent, value, bound in (("p50", one.p50, bounds[0]), ("p99", one.p99, bounds[1])):
            target = None if bound is None else round(bound)
            rows.append(Row(f"{name}: the other's delay, {percent}", round(value), target, "ms", "lower"))
    return rows


def _source(both: Both, rate: int, seconds: float) -> "AbstractContextManager[Source]":
    return steady_source(both.collector, rate, seconds, OTEL_BSP_SCHEDULE_DELAY="200")


def _after(seconds: float) -> int:
    time.sleep(seconds)
    return time.time_ns()


def _counted(both: Both) -> int:
    metrics = both.collector.get("METRICS_PORT", "/metrics")[1]
    return sum(int(float(value)) for value in REFUSED.findall(metrics))


def _settled(both: Both, ids: set[str]) -> tuple[int, int]:
    """Wait until only what was counted as refused is missing; gives both numbers."""
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while True:
        missing, counted = len(ids - set(both.victim.counts)), _counted(both)
        if missing == counted or time.monotonic() > deadline:
            return missing, counted
        time.sleep(POLL_SECONDS)
