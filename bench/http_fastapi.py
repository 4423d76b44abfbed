"""What telemetry costs http-fastapi: throughput with it divided by throughput without.

Both sides run in one go and take turns, together with a control that compares the bare side
with itself: a control far from 1 says that the machine was too noisy to believe the rest.
"""

import json
import subprocess
import sys
from contextlib import ExitStack
from statistics import median

from bench.report import Row
from bench.servers import discarding_receiver, pin, server

ROUNDS = 7
SECONDS = 3.0
ORDERS = {"HTTP_FASTAPI_MAX_ORDERS": "100000000"}
SIDES = {"bare": "bench.bare_http_fastapi", "control": "bench.bare_http_fastapi", "telemetry": "http_fastapi"}
REQUESTS = {
    "POST /orders": ("/orders", ["--method", "POST", "--body", '{"item": "tea", "quantity": 2}']),
    "GET /orders/{id}, 404": ("/orders/unknown", []),
}
# One server span a request: contrib without send and receive spans was measured at 0.36 by itself, and
# here metrics and logs are on as well. An order has a second span, a log record and a counter on top.
RATIO_TARGETS = {"GET /orders/{id}, 404": 0.36}


def measure() -> list[Row]:
    """Run all cases; throughput is per second of one server process, latency in milliseconds."""
    rows = []
    with ExitStack() as stack:
        endpoint = stack.enter_context(discarding_receiver())
        environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, **ORDERS}
        addresses = {side: stack.enter_context(server(module, environment)) for side, module in SIDES.items()}
        for case, (path, options) in REQUESTS.items():
            for address in addresses.values():
                _load(address + path, options)  # warm up
            rounds = [
                {side: _load(address + path, options) for side, address in addresses.items()}
                for _ in range(ROUNDS)
            ]
            rows += _rows(case, rounds)
    return rows


def _load(url: str, options: list[str]) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.load", url, "--seconds", str(SECONDS), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        pin(process.pid, last=True)
        result: dict[str, float] = json.loads(process.communicate(timeout=SECONDS + 60)[0])
    return result


def _rows(case: str, rounds: list[dict[str, dict[str, float]]]) -> list[Row]:
    def middle(side: str, figure: str) -> float:
        return round(median(one[side][figure] for one in rounds), 2)

    def ratio(side: str) -> float:
        return round(median(one[side]["per_second"] / one["bare"]["per_second"] for one in rounds), 3)

    return [
        Row(
            f"{case}: ratio with telemetry",
            ratio("telemetry"),
            RATIO_TARGETS.get(case),
            "of bare throughput",
            "higher",
        ),
        Row(f"{case}: ratio of the control", ratio("control"), None, "of bare throughput", "higher"),
        *(Row(f"{case}: {side}", middle(side, "per_second"), None, "requests/s", "higher") for side in SIDES),
        *(Row(f"{case}: {side} p99", middle(side, "p99_ms"), None, "ms", "lower") for side in SIDES),
    ]
