"""The Collector is killed with -9 and stays away, while a service goes on at a steady rate.

Counted by span id behind the Collector: what was written down at the source and never
arrived is lost, what arrived twice is a duplicate. The killed Collector's own queue is on
disk, the service's is in memory, and both are part of what is proven.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import psutil
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.report import Row
from collector.build import build
from otelkit.receiver import Accepted, Receiver, Verdict
from otelkit.signals import ExportRequest, Signal
from otelkit.testing.endpoint import Protocol, environment_for
from tests.collector.process import RunningCollector

QUEUE_BYTES = 64 * 2**20
LEAD_SECONDS = 5.0
ARRIVAL_SECONDS = 90.0


class Arrivals:
    """Counts each span id that comes out behind the Collector."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def accept(self, _: Signal, request: ExportRequest) -> Verdict:
        """Take one request."""
        if isinstance(request, ExportTraceServiceRequest):
            spans = [s for r in request.resource_spans for scope in r.scope_spans for s in scope.spans]
            self.counts.update(span.span_id.hex() for span in spans)
        return Accepted()

    def wait_for(self, ids: set[str], timeout_seconds: float) -> set[str]:
        """Wait until all have arrived; those that have not."""
        deadline = time.monotonic() + timeout_seconds
        while (missing := ids - set(self.counts)) and time.monotonic() < deadline:
            time.sleep(0.2)
        return missing


def run(rate: int, outage_seconds: float, protocol: Protocol) -> list[Row]:
    """One drill with one protocol between service and Collector."""
    arrivals = Arrivals()
    receiver = Receiver(arrivals.accept)
    receiver.start()
    with tempfile.TemporaryDirectory() as name, _collector(Path(name), receiver.grpc_port) as collector:
        file = Path(name) / "ids"
        added_bytes = _break(collector, rate, outage_seconds, protocol, file)
        ids = set(file.read_text(encoding="ascii").split())
        missing = arrivals.wait_for(ids, ARRIVAL_SECONDS)
    receiver.stop()
    percent = 100 * (sum(arrivals.counts.values()) - len(arrivals.counts)) / len(ids)
    bound = QUEUE_BYTES / 2**20
    return [
        Row(f"{protocol}: spans ended", len(ids), rate * outage_seconds, "spans", "higher"),
        Row(f"{protocol}: lost", len(missing), 0, "spans", "lower"),
        Row(f"{protocol}: duplicated", round(percent, 3), 0.1, "%", "lower"),
        Row(f"{protocol}: memory added", round(added_bytes / 2**20, 1), bound, "MiB", "lower"),
    ]


def _collector(folder: Path, destination_port: int) -> RunningCollector:
    return RunningCollector(build(), folder, f"127.0.0.1:{destination_port}")


def _break(
    collector: RunningCollector, rate: int, outage_seconds: float, protocol: Protocol, file: Path
) -> int:
    """Kill the Collector under a steady source and bring it back; bytes of memory that the source added."""
    seconds = 2 * LEAD_SECONDS + outage_seconds
    command = [sys.executable, "-m", "tests.e2e.drills.steady_spans", str(rate), str(seconds), str(file)]
    ports = collector.ports["GRPC_PORT"], collector.ports["HTTP_PORT"]
    environ = (
        os.environ | environment_for(*ports, protocol) | {"OTELKIT_EXPORT_QUEUE_BYTES": str(QUEUE_BYTES)}
    )
    with subprocess.Popen(command, env=environ) as source:
        try:
            time.sleep(LEAD_SECONDS)
            before = psutil.Process(source.pid).memory_info().rss
            collector.kill()
            peak = _watch_memory(source, outage_seconds)
            collector.start()
            source.wait(timeout=LEAD_SECONDS + 60)
        finally:
            source.kill()
    return peak - before


def _watch_memory(source: "subprocess.Popen[bytes]", seconds: float) -> int:
    process, peak, end = psutil.Process(source.pid), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        peak = max(peak, process.memory_info().rss)
        time.sleep(0.25)
    return peak


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill over both protocols."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--protocols", nargs="+", default=["grpc", "http/protobuf"])
    options = parser.parse_args(arguments)
    return [row for name in options.protocols for row in run(options.rate, options.seconds, name)]
