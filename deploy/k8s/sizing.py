"""What a load needs, computed from what our benchmarks measured; docs/kubernetes-sizing.md shows it.

make bench NAME=collector JSON=bench/results/otelkit/bench-collector.json && make readme
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).resolve().parents[2] / "bench" / "results" / "otelkit"
LOADS = (1_000, 5_000, 20_000, 100_000)  # spans a second, in the whole cluster

BUSY = 0.6  # how much of a core is planned for; the rest is for bursts
GATEWAY_CORES = 2  # limits of the manifests
GATEWAY_QUEUE_BYTES = 2 << 30
GATEWAYS, SAMPLERS = 2, 2  # at least, so that one may go
EXAMPLE = 20_000
DECISION_SECONDS = 10
SAMPLER_LIMITER_BYTES = 3072 << 20
KEPT = 0.1  # what the sampler lets through
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Measured:
    """Of one span, by `make bench NAME=collector`."""

    redacting: float  # spans a second and core, of an agent
    forwarding: float  # of a gateway
    sampling: float  # of a sampler that keeps everything
    wire_bytes: float
    gzip_bytes: float
    disk_bytes: float
    memory_bytes: float
    working_mebibytes: float  # of a Collector under load that holds nothing


@dataclass(frozen=True)
class Need:
    """What one load needs."""

    agent_cores: float
    gateways: int
    outage_minutes: float
    samplers: int
    sampler_mebibytes: float
    gigabytes_a_day: tuple[float, float]  # compressed as the bench's spans are, and not at all


def read_measured(file: Path = RESULTS / "bench-collector.json") -> Measured:
    """Read the rows of the benchmark. Raises KeyError that names the one that is missing, and the remedy."""
    rows: Mapping[str, float] = {row["case"]: row["value"] for row in json.loads(file.read_text("utf-8"))}

    def of(name: str) -> float:
        if f"Collector: {name}" not in rows:
            command = "COLLECTOR=<one with tail_sampling> make bench NAME=collector"
            raise KeyError(f"{file} has no row 'Collector: {name}': {command} JSON={file}")
        return rows[f"Collector: {name}"]

    return Measured(
        redacting=of("spans"),
        forwarding=of("spans, without redaction"),
        sampling=of("spans, counted and sampled"),
        wire_bytes=of("span on the wire"),
        gzip_bytes=of("span on the wire, gzip"),
        disk_bytes=of("span that waits on disk"),
        memory_bytes=of("span that waits in memory"),
        working_mebibytes=of("memory under that load"),
    )


def need_of(load: float, measured: Measured) -> Need:
    """Compute what so many spans a second need, in the whole cluster."""
    gateways = max(GATEWAYS, math.ceil(load / (measured.forwarding * BUSY * GATEWAY_CORES)))
    by_time = load / (measured.sampling * BUSY * GATEWAY_CORES)
    held_bytes = load * DECISION_SECONDS * measured.memory_bytes
    samplers = max(SAMPLERS, math.ceil(max(by_time, held_bytes / (SAMPLER_LIMITER_BYTES * BUSY))))
    return Need(
        agent_cores=load / (measured.redacting * BUSY),
        gateways=gateways,
        outage_minutes=gateways * GATEWAY_QUEUE_BYTES / (load * measured.disk_bytes) / 60,
        samplers=samplers,
        sampler_mebibytes=measured.working_mebibytes + held_bytes / samplers / 2**20,
        gigabytes_a_day=(
            load * KEPT * measured.gzip_bytes * DAY_SECONDS / 1e9,
            load * KEPT * measured.wire_bytes * DAY_SECONDS / 1e9,
        ),
    )


HEAD = (
    "spans/s",
    "agents, cores in all",
    "gateways",
    "outage they hold",
    "samplers",
    "memory of each",
    "traces kept a day",
)


def table() -> str:
    """Return the table of needs."""
    measured = read_measured()
    rows = [HEAD, ("---",) * len(HEAD), *(_row(load, need_of(load, measured)) for load in LOADS)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def arithmetic(load: int = EXAMPLE) -> str:
    """Return the computation of one row, each step with its figures."""
    of, need = read_measured(), need_of(load, read_measured())
    held = f"{load:,} x {DECISION_SECONDS} s x {of.memory_bytes:,.0f} bytes"
    cores = f"x {BUSY:g} x {GATEWAY_CORES} cores"
    by_memory = load * DECISION_SECONDS * of.memory_bytes / (SAMPLER_LIMITER_BYTES * BUSY)
    steps = {
        "agents": f"{load:,} / ({of.redacting:,.0f} spans/core s x {BUSY:g}) = {need.agent_cores:.1f} cores",
        "gateways": f"{load:,} / ({of.forwarding:,.0f} {cores}), at least {GATEWAYS} = {need.gateways}",
        "outage": f"{need.gateways} x {GATEWAY_QUEUE_BYTES:,} bytes / ({load:,} x {of.disk_bytes:g} bytes)"
        f" = {need.outage_minutes:.0f} min",
        "samplers, by time": f"{load:,} / ({of.sampling:,.0f} {cores})"
        f" = {load / (of.sampling * BUSY * GATEWAY_CORES):.2f}",
        "samplers, by memory": f"{held} / ({SAMPLER_LIMITER_BYTES:,} bytes x {BUSY:g}) = {by_memory:.2f}",
        "samplers": f"the larger, rounded up, at least {SAMPLERS} = {need.samplers}",
        "memory of each": f"{of.working_mebibytes:g} MiB + {held} / {need.samplers}"
        f" = {need.sampler_mebibytes:,.0f} MiB",
        "kept a day": f"{load:,} x {KEPT:g} x {of.gzip_bytes:g} to {of.wire_bytes:g} bytes"
        f" x {DAY_SECONDS:,} s = {_between(need.gigabytes_a_day)}",
    }
    return "\n".join(["```text", *(f"{name:<20} {step}" for name, step in steps.items()), "```"])


def _row(load: int, need: Need) -> tuple[str, ...]:
    return (
        f"{load:,}",
        f"{need.agent_cores:,.1f}",
        f"{need.gateways}",
        f"{need.outage_minutes:,.0f} min",
        f"{need.samplers}",
        f"{need.sampler_mebibytes:,.0f} MiB",
        _between(need.gigabytes_a_day),
    )


def _between(gigabytes: tuple[float, float]) -> str:
    return f"{gigabytes[0]:,.1f} to {gigabytes[1]:,.0f} GB"
