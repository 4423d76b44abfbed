"""What the drills with a Collector share: one that sends to a counter, and a steady source in front of it."""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.build import build
from otelkit.receiver import Accepted, Receiver, Verdict
from otelkit.signals import ExportRequest, Signal
from otelkit.testing.endpoint import Protocol, environment_for
from tests.collector.process import RunningCollector

ARRIVAL_SECONDS = 90.0
END_SECONDS = 60.0


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

    def wait_for(self, ids: set[str]) -> set[str]:
        """Wait until all have arrived; those that have not."""
        deadline = time.monotonic() + ARRIVAL_SECONDS
        while (missing := ids - set(self.counts)) and time.monotonic() < deadline:
            time.sleep(0.2)
        return missing

    def duplicated_percent(self) -> float:
        """How many arrivals were not the first of their span."""
        return 100 * (self.counts.total() - len(self.counts)) / max(1, len(self.counts))


@contextmanager
def counted_collector() -> Iterator[tuple[RunningCollector, Arrivals]]:
    """Run a real Collector with its own storage that sends to a counter."""
    arrivals = Arrivals()
    receiver = Receiver(arrivals.accept)
    receiver.start()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            RunningCollector(build(), Path(folder), f"127.0.0.1:{receiver.grpc_port}") as collector,
        ):
            yield collector, arrivals
    finally:
        receiver.stop()


@dataclass
class Source:
    """A process that ends `rate` spans a second for `seconds`, and writes down the id of each."""

    process: subprocess.Popen[bytes]
    file: Path
    seconds: float

    def ids(self) -> set[str]:
        """Wait for its end; the ids of all spans it ended."""
        self.process.wait(self.seconds + END_SECONDS)
        return set(self.file.read_text(encoding="ascii").split())


@contextmanager
def steady_source(
    collector: RunningCollector, rate: int, seconds: float, protocol: Protocol = "grpc", **settings: str
) -> Iterator[Source]:
    """Start a source in front of the Collector; it is gone when the block is left."""
    file = collector.folder / "ids"
    command = [sys.executable, "-m", "tests.e2e.drills.steady_spans", str(rate), str(seconds), str(file)]
    ports = collector.ports["GRPC_PORT"], collector.ports["HTTP_PORT"]
    environ = os.environ | environment_for(*ports, protocol) | settings
    with subprocess.Popen(command, env=environ) as process:
        try:
            yield Source(process, file, seconds)
        finally:
            process.kill()
