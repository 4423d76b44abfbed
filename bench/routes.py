"""What telemetry adds to a request of an application with 1 and with 100 routes, by each way."""

import os
import subprocess
import sys
from statistics import median

from bench.report import Row

WAYS = ("bare", "lean", "native", "contrib")
FEW, MANY = 1, 100
ROUNDS = 3
GROWTH_TARGET = 1.2


def measure_routes(endpoint: str) -> list[Row]:
    """Run each way with few and with many routes, in turns; `endpoint` need not answer any more."""
    rounds = [
        {(way, routes): _micros(way, routes, endpoint) for way in WAYS for routes in (FEW, MANY)}
        for _ in range(ROUNDS)
    ]

    def added(way: str, routes: int) -> float:
        return median(one[way, routes] - one["bare", routes] for one in rounds)

    return [
        Row(
            f"added by {way}: {MANY} routes to {FEW}",
            round(added(way, MANY) / added(way, FEW), 2),
            GROWTH_TARGET if way == "lean" else None,
            "times",
            "lower",
        )
        for way in WAYS[1:]
    ] + [
        Row(f"added by {way}, {routes} routes", round(added(way, routes), 1), None, "µs of CPU", "lower")
        for way in WAYS[1:]
        for routes in (FEW, MANY)
    ]


def _micros(way: str, routes: int, endpoint: str) -> float:
    result = subprocess.run(
        [sys.executable, "-m", "bench.routes_side", way, str(routes)],
        env={**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint},
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    return float(result.stdout)
