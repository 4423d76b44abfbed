"""Five times what the service can do, for a minute: it refuses the rest, counts that, and stays quick.

Capacity is measured first, without load shedding. Then another process of the service, with the settings
below, is asked a tenth of that (unloaded) and five times that, at random moments. The client counts what was
refused; the metric that arrives at an OTLP receiver has to say the same. One processor is the service's.
"""

import argparse
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from bench.report import Row
from bench.servers import discarding_receiver, pin
from otelkit.testing.sink import Sink
from tests.e2e.drills.service import ORDER, Service

# At most a millisecond of work is taken on in one turn of the event loop: few wait, and not for long.
SETTINGS = {"HTTP_FASTAPI_MAX_TURN_SECONDS": "0.001"}
CAPACITY_SECONDS, UNLOADED_SECONDS, CONNECTIONS = 5.0, 20.0, 16
UNLOADED, OVERLOAD = 0.1, 5.0
REFUSED = ("429", "503")
MOST_GROWTH_MEGABYTES = 64


@dataclass
class Outcome:
    """What the client saw: counts, and by status how many and how fast; and the most memory there was."""

    seen: dict[str, Any]
    peak_bytes: int

    def count(self, *statuses: str) -> int:
        """How many answers had one of the statuses."""
        return sum(int(self.seen["statuses"].get(status, 0)) for status in statuses)

    @property
    def answered(self) -> int:
        """How many answers there were."""
        return self.count(*self.seen["statuses"])

    @property
    def p99_ms(self) -> float:
        """Of what was accepted."""
        return float(self.seen["p99_ms"]["200"])


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
    with discarding_receiver() as discard, Sink() as sink:
        elsewhere = {"OTEL_EXPORTER_OTLP_ENDPOINT": discard, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
        possible = capacity(elsewhere)
        metrics = {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": sink.grpc_endpoint}
        with Service({**elsewhere, **metrics, **SETTINGS}) as service:
            pin(service.process.pid, last=False)
            path = place_order(service)
            start = load(service, path, possible * UNLOADED, 2)  # warm up
            warm = load(service, path, possible * UNLOADED, min(UNLOADED_SECONDS, seconds))
            over = load(service, path, possible * OVERLOAD, seconds)
            crashes = int(service.process.poll() is not None)
            service.end(timeout_seconds=30)
    return rows(possible, (start, warm, over), crashes, counted(sink))


def rows(possible: float, loads: tuple[Outcome, Outcome, Outcome], crashes: int, metric: int) -> list[Row]:
    """The table."""
    _, warm, over = loads
    refused = sum(one.count(*REFUSED) for one in loads)
    growth = (over.peak_bytes - warm.peak_bytes) / 1e6
    others = over.answered - over.count("200", *REFUSED) + int(over.seen.get("broken", 0))
    seconds = float(over.seen["seconds"])
    return [
        Row("capacity", round(possible), None, "requests/s", "higher"),
        Row("offered", round(over.seen["offered"] / seconds / possible, 2), 4.9, "x capacity", "higher"),
        Row("accepted", round(over.count("200") / seconds / possible, 2), None, "x capacity", "higher"),
        Row("refused", over.count(*REFUSED), None, "requests", "higher"),
        Row("crashes", crashes, 0, "processes", "lower"),
        Row("neither answered nor refused", others, 0, "requests", "lower"),
        Row("refused and not counted", abs(refused - metric), 0, "requests", "lower"),
        Row("memory grew by", round(growth, 1), MOST_GROWTH_MEGABYTES, "MB", "lower"),
        Row("unloaded p99", round(warm.p99_ms, 2), None, "ms", "lower"),
        Row("accepted p99", round(over.p99_ms, 2), round(2 * warm.p99_ms, 2), "ms", "lower"),
    ]
