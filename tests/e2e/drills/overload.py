"""Five times what the service can do, for a minute: it refuses the rest, counts that, and stays quick.

Capacity is measured first, without load shedding. Then another process of the service, with the settings
below, is asked a tenth of that (unloaded), five times that and a tenth again, at random moments. The client
counts what was refused; the metric that arrives at an OTLP receiver has to say the same. One processor is the
service's, the other the load's. Time slices of anything else would be the p99 that is measured, so both run
in real time where that is allowed (root on Linux, which still leaves others their twentieth).
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import psutil

from bench.report import Row
from bench.servers import discarding_receiver, pin
from otelkit.testing.sink import Sink
from tests.e2e.drills.overload_rows import Outcome, Run
from tests.e2e.drills.service import ORDER, Service

# A third of a millisecond of work is taken on in one turn of the event loop: nothing waits for two others.
# On two cores the load starves the receiver, so the export queue fills to its own bound: a small one here, or
# the service's memory could not be told from it (64 MiB for each signal by default).
SETTINGS = {"HTTP_FASTAPI_MAX_TURN_SECONDS": "0.0003", "OTELKIT_EXPORT_QUEUE_BYTES": str(16 * 2**20)}
CAPACITY_SECONDS, UNLOADED_SECONDS, CONNECTIONS = 5.0, 10.0, 16
UNLOADED, OVERLOAD = 0.1, 5.0


def load(service: Service, path: str, rate: float, seconds: float) -> Outcome:
    """Send from a process of its own, watching the memory of the service's."""
    options = [str(service.port), path, str(rate), str(seconds), str(CONNECTIONS)]
    command = [sys.executable, "-m", "tests.e2e.drills.open_loop", *options]
    watched, peak = psutil.Process(service.process.pid), 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        pin(process.pid, last=True)
        while process.poll() is None:
            peak = max(peak, watched.memory_info().rss)
            time.sleep(0.1)
        assert process.stdout is not None
        return Outcome(json.loads(process.stdout.read()), peak)


@contextmanager
def real_time() -> Iterator[None]:
    """Run this process and what it starts meanwhile before all others, if we may."""
    usual = os.sched_getscheduler(0), os.sched_getparam(0)
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, *usual)


def place_order(service: Service) -> str:
    """The path of an order that is there."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    connection.request("POST", "/orders", ORDER, {"Content-Type": "application/json"})
    path = connection.getresponse().headers["Location"]
    connection.close()
    return path


def capacity(environment: Mapping[str, str]) -> float:
    """Answers a second when nothing is refused."""
    with Service(environment) as service:
        pin(service.process.pid, last=False)
        path = place_order(service)
        load(service, path, 1000, 1)  # warm up
        return load(service, path, 100_000, CAPACITY_SECONDS).answered / CAPACITY_SECONDS


def counted(sink: Sink) -> int:
    """What the metric says was refused."""
    points = {
        point.attributes["shop.refusal.reason"]: point.value or 0
        for point in sink.metrics("shop.requests.refused")
    }
    return int(sum(points.values()))


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args(arguments).seconds
    with real_time(), discarding_receiver() as discard, Sink() as sink:
        elsewhere = {"OTEL_EXPORTER_OTLP_ENDPOINT": discard, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
        possible = capacity(elsewhere)
        metrics = {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": sink.grpc_endpoint}
        with Service({**elsewhere, **metrics, **SETTINGS}) as service:
            pin(service.process.pid, last=False)
            path = place_order(service)
            start = load(service, path, possible * UNLOADED, 2)  # warm up
            before = load(service, path, possible * UNLOADED, UNLOADED_SECONDS)
            over = load(service, path, possible * OVERLOAD, seconds)
            after = load(service, path, possible * UNLOADED, UNLOADED_SECONDS)
            crashes = int(service.process.poll() is not None)
            service.end(timeout_seconds=30)
    return Run(possible, start, before, over, after, crashes, counted(sink)).rows()
