"""What telemetry costs http-fastapi: its throughput with each way to instrument, divided by that without.

All sides run in one go and take turns, with a control that compares the bare side with itself: a control far
from 1 says that the machine was too noisy to believe the rest. Latency is compared at one load for all sides,
since at its limit a server's latency is only its throughput again. Processor time is less noisy than either.
"""

import json
import subprocess
import sys
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from statistics import median

from bench.report import Row
from bench.routes import measure_routes
from bench.servers import Server, discarding_receiver, pin, server

ROUNDS, SECONDS = 7, 1.5
STEADY_ROUNDS, STEADY_SECONDS, STEADY_SHARE = 5, 3.0, 0.4
SETTINGS = {
    "HTTP_FASTAPI_MAX_ORDERS": "100000000",
    "HTTP_FASTAPI_MAX_REQUESTS": "100000",
    "HTTP_FASTAPI_RATE_LIMIT": "",
}
BARE, SERVICE = ["-m", "bench.bare_http_fastapi"], ["-m", "http_fastapi"]
TENTH = {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.1"}
SIDES: dict[str, tuple[list[str], dict[str, str]]] = {
    "bare": (BARE, {}),
    "control": (BARE, {}),
    "contrib": (SERVICE, {"HTTP_INSTRUMENTATION": "contrib"}),
    "native": (SERVICE, {"HTTP_INSTRUMENTATION": "native"}),
    "lean": (SERVICE, {"HTTP_INSTRUMENTATION": "lean"}),
    "lean, 10 % sampled": (SERVICE, {"HTTP_INSTRUMENTATION": "lean", **TENTH}),
}
TARGETS = {"lean": 0.70, "lean, 10 % sampled": 0.88}
P99_TARGET = 1.2
ORDER = b'{"item": "tea", "quantity": 2}'
Sample = dict[str, float]


def measure() -> list[Row]:
    """Run all cases: reading an order, which is one server span; the same at a steady load; many routes."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(discarding_receiver())
        environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, **SETTINGS}
        servers = {
            side: stack.enter_context(server(command, {**environment, **own}))
            for side, (command, own) in SIDES.items()
        }
        targets = {side: running.address + _order(running) for side, running in servers.items()}
        for target in targets.values():
            _load(target, 0.5)  # warm up
        rounds = [
            {side: _sample(servers[side], targets[side], SECONDS) for side in SIDES} for _ in range(ROUNDS)
        ]
        bare = median(one["bare"]["per_second"] for one in rounds)
        steady = [
            {
                side: _load(targets[side], STEADY_SECONDS, rate=bare * STEADY_SHARE)
                for side in ("bare", "control", "lean")
            }
            for _ in range(STEADY_ROUNDS)
        ]
    return [*_throughput(rounds), *_latency(steady), *measure_routes(endpoint)]


def _order(running: Server) -> str:
    connection = HTTPConnection(running.address.removeprefix("http://"), timeout=10)
    connection.request("POST", "/orders", ORDER, {"Content-Type": "application/json"})
    with closing(connection), connection.getresponse() as answer:
        return str(answer.headers["Location"])


def _load(url: str, seconds: float, rate: float = 0.0) -> Sample:
    command = [sys.executable, "-m", "bench.load", url, "--seconds", str(seconds), "--rate", str(rate)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        pin(process.pid, last=True)
        result: Sample = json.loads(process.communicate(timeout=seconds + 60)[0])
    return result


def _sample(running: Server, url: str, seconds: float) -> Sample:
    before = running.cpu_seconds()
    sample = _load(url, seconds)
    used = running.cpu_seconds() - before
    return {**sample, "cpu_micros": used / sample["requests"] * 1e6}


def _throughput(rounds: list[dict[str, Sample]]) -> list[Row]:
    case = "GET /orders/{id}"

    def ratio(side: str) -> float:
        return round(median(one[side]["per_second"] / one["bare"]["per_second"] for one in rounds), 3)

    def middle(side: str, figure: str) -> float:
        return round(median(one[side][figure] for one in rounds), 1)

    return [
        *(
            Row(f"{case}: {side}", ratio(side), TARGETS.get(side), "of bare throughput", "higher")
            for side in SIDES
            if side != "bare"
        ),
        *(Row(f"{case}: {side}", middle(side, "per_second"), None, "requests/s", "higher") for side in SIDES),
        *(Row(f"{case}: {side}", middle(side, "cpu_micros"), None, "µs of CPU", "lower") for side in SIDES),
    ]


def _latency(rounds: list[dict[str, Sample]]) -> list[Row]:
    case = f"GET /orders/{{id}}, {STEADY_SHARE:.0%} load"

    def ratio(side: str) -> float:
        return round(median(one[side]["p99_ms"] / one["bare"]["p99_ms"] for one in rounds), 3)

    return [
        Row(f"{case}: p99 of lean", ratio("lean"), P99_TARGET, "of bare", "lower"),
        Row(f"{case}: p99 of the control", ratio("control"), None, "of bare", "lower"),
        *(
            Row(
                f"{case}: p99 of {side}",
                round(median(r[side]["p99_ms"] for r in rounds), 2),
                None,
                "ms",
                "lower",
            )
            for side in rounds[0]
        ),
    ]
