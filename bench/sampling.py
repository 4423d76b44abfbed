"""Sampling strategies on the same 100,000 recorded traces: what each costs, and what each loses.

Decisions are those of the real samplers in virtual time, the tail's those of a real Collector. All that the
services keep is sent to one. COLLECTOR=path names another than that of `make collector`.
"""

import math
import os
from collections.abc import Sequence
from pathlib import Path

from bench import sampling_cost
from bench.report import Row
from bench.sampling_collector import Passage, pass_tail, pass_through
from bench.sampling_losses import COUNTED, WINDOW_SECONDS, Loss, busiest_minute, kept_by_collector, losses
from bench.sampling_replay import Clock, Kept, replay
from bench.sampling_spans import requests
from bench.sampling_strategies import (
    ADAPTIVE,
    ALL,
    CONSISTENT,
    CONSISTENT_ALONE,
    RATIO,
    STRATEGIES,
    TAIL,
)
from bench.sampling_traces import TRACES, Trace, record_traces
from collector.build import build
from otelkit.sampling import AdaptiveSampler
from otelkit.sampling.budget import BURST_SECONDS

COST, MICROSECONDS = "service, processor time for a span begun", 5.0


def measure() -> list[Row]:
    """Rows `strategy: measured`, the tail's last. Raises NoGo and BuildFailed."""
    binary = Path(os.environ.get("COLLECTOR") or build())
    samplers = {name: make("bench", Clock()) for name, make in STRATEGIES.items()}
    samplers[ADAPTIVE] = AdaptiveSampler(RATIO, 1e9)  # or its budget would be gone within the first round
    costs = sampling_cost.microseconds_a_span(samplers)
    traces = record_traces()
    rows: list[Row] = []
    for name, make in STRATEGIES.items():
        print(f"  {name} ...", flush=True)
        kept = replay(traces, make)
        spans = sum(len(each.spans) for each in kept)
        passage = pass_through(binary, requests(traces, kept), spans)
        rows += _rows(name, [*losses(traces, kept), *_costs(costs[name], passage)])
        if name == ADAPTIVE:
            rows.append(_budget(traces, kept))
    print(f"  {TAIL} ...", flush=True)
    passage = pass_tail(binary, requests(traces, replay(traces, STRATEGIES[ALL])), len(traces))
    chosen = kept_by_collector(traces, passage)
    return rows + _rows(TAIL, [*losses(traces, chosen), *_costs(costs[ALL], passage)])


def _rows(strategy: str, measured: Sequence[Loss]) -> list[Row]:
    return [
        Row(f"{strategy}: {each.name}", each.value, _target(strategy, each.name), each.unit, each.better)
        for each in measured
    ]


def _target(strategy: str, measured: str) -> float | None:
    if measured == COUNTED and strategy in (CONSISTENT, CONSISTENT_ALONE, ADAPTIVE):
        # Four deviations: counting n from a share p of them has variance n*(1-p)/p.
        return round(400 * math.sqrt((1 - RATIO) / RATIO / TRACES), 1)
    return MICROSECONDS if (strategy, measured) == (ADAPTIVE, COST) else None


def _costs(microseconds: float, passage: Passage) -> list[Loss]:
    return [
        Loss(COST, round(microseconds, 1), "µs", "lower"),
        Loss("sent to the Collector", round(passage.taken_bytes / 1e6, 1), "MB", "lower"),
        Loss("sent on by the Collector", round(sum(map(len, passage.sent)) / 1e6, 1), "MB", "lower"),
        Loss("Collector, processor time", round(passage.cpu_seconds, 1), "s", "lower"),
        Loss("Collector, most memory", round(passage.memory_bytes / 2**20), "MiB", "lower"),
    ]


def _budget(traces: Sequence[Trace], kept: Sequence[Kept]) -> Row:
    """The budget's promise: a minute of it and one full bucket."""
    most = 1 + BURST_SECONDS / WINDOW_SECONDS
    value = round(busiest_minute(traces, kept), 2)
    return Row(
        "adaptive: busiest minute of a process at the door, of its budget",
        value,
        round(most, 2),
        "x",
        "lower",
    )
