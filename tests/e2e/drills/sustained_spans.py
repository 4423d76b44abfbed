"""Ten thousand spans a second for a minute from one process, beside the SDK's exporter."""

import argparse
from collections.abc import Sequence

from bench.report import Row
from tests.e2e.drills.behind_collector import counted_collector, steady_source

SIDES = {"otelkit": "otlp", "sdk": "otlp_proto_grpc"}


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run both sides, one after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args(arguments)
    rows = []
    for side, exporter in SIDES.items():
        with counted_collector() as (collector, arrivals):
            with steady_source(
                collector, options.rate, options.seconds, OTEL_TRACES_EXPORTER=exporter
            ) as source:
                ids = source.ids()
            lost = len(arrivals.wait_for(ids)) if side == "otelkit" else len(ids - set(arrivals.counts))
        due = options.rate * options.seconds * 0.99
        target = (due, 0) if side == "otelkit" else (None, None)
        rows += [
            Row(f"{side}: spans ended", len(ids), target[0], "spans", "higher"),
            Row(f"{side}: lost", lost, target[1], "spans", "lower"),
        ]
    return rows
