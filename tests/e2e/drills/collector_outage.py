"""The Collector is killed with -9 and stays away, while a service goes on at a steady rate.

Counted by span id behind the Collector: what was written down at the source and never
arrived is lost, what arrived twice is a duplicate. The killed Collector's own queue is on
disk, the service's is in memory, and both are part of what is proven.
"""

import argparse
import time
from collections.abc import Sequence
from itertools import product

import psutil

from bench.report import Row
from otelkit.testing.endpoint import Protocol
from tests.e2e.drills.behind_collector import Source, counted_collector, steady_source

LEAD_SECONDS = 5.0
BYTES_A_SPAN = 1000  # twice what a span of the source takes, so that the bound holds and is one


def run(rate: int, outage_seconds: float, protocol: Protocol) -> list[Row]:
    """One drill with one rate and one protocol between service and Collector."""
    # The service lives on: it has half the outage's length to bring what waited, beside what goes on.
    seconds = 2 * LEAD_SECONDS + 1.5 * outage_seconds
    queue_bytes = max(64 * 2**20, int(rate * seconds * BYTES_A_SPAN))
    settings = {"OTELKIT_EXPORT_QUEUE_BYTES": str(queue_bytes)}
    with counted_collector() as (collector, arrivals):
        with steady_source(collector, rate, seconds, protocol, **settings) as source:
            time.sleep(LEAD_SECONDS)
            before = psutil.Process(source.process.pid).memory_info().rss
            collector.kill()
            peak = _watch_memory(source, outage_seconds)
            collector.start()
            ids = source.ids()
        missing = arrivals.wait_for(ids)
    case = f"{protocol}, {rate:,}/s"
    added, bound = (peak - before) / 2**20, queue_bytes / 2**20
    return [
        Row(f"{case}: spans ended", len(ids), rate * outage_seconds, "spans", "higher"),
        Row(f"{case}: lost", len(missing), 0, "spans", "lower"),
        Row(f"{case}: duplicated", round(arrivals.duplicated_percent(), 3), 0.1, "%", "lower"),
        Row(f"{case}: memory added", round(added, 1), round(bound), "MiB", "lower"),
    ]


def _watch_memory(source: Source, seconds: float) -> int:
    process, peak, end = psutil.Process(source.process.pid), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        peak = max(peak, process.memory_info().rss)
        time.sleep(0.25)
    return peak


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill at each rate over both protocols."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rates", type=int, nargs="+", default=[500, 5000])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--protocols", nargs="+", default=["grpc", "http/protobuf"])
    options = parser.parse_args(arguments)
    cases = product(options.rates, options.protocols)
    return [row for rate, protocol in cases for row in run(rate, options.seconds, protocol)]
