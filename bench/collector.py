"""What a span costs the Collector: processor time, memory and disk while it waits, bytes on the wire.

The pipeline of deploy/k8s: memory_limiter, redaction (in agents), a queue on disk, batches, OTLP out. The
sizing in docs/kubernetes-sizing.md is computed from these rows. Only the Collector's own time is counted.

The sampler's row needs components that the Collector of `make collector` is built without; COLLECTOR=path
names another one, such as the contrib distribution. Without it the row is left out, and this is said.
"""

import gzip
import os
import subprocess
from pathlib import Path

import grpc

from bench.collector_process import Collector, running_collector
from bench.collector_spans import BATCH, encoded_batch
from bench.report import Row
from bench.servers import discarding_receiver
from collector.build import build
from otelkit.signals import WIRES, Signal

BATCHES, ROUNDS = 400, 3
NOWHERE = "127.0.0.1:9"  # the discard port: nothing listens
SAMPLER = str(Path(__file__).with_name("collector-sampler.yaml"))
NO_REDACTION = "yaml:service::pipelines::traces::processors: [memory_limiter]"
IN_MEMORY = "yaml:exporters::otlp_grpc/viewer::sending_queue::storage: null"


def measure() -> list[Row]:
    """Run all cases, each in Collectors of its own. Raises NoGo and BuildFailed."""
    binary = Path(os.environ.get("COLLECTOR") or build())
    requests = [encoded_batch(number) for number in range(BATCHES)]
    spans = BATCH * BATCHES
    with discarding_receiver() as address:
        sink = address.removeprefix("http://")
        whole = [_costs(binary, sink, requests) for _ in range(ROUNDS)]
        bare = [_costs(binary, sink, requests, NO_REDACTION)[0] for _ in range(ROUNDS)]
        sampled = _sampled(binary, sink, requests)
    seconds = min(cost for cost, _ in whole)  # what else the machine does only adds
    peak = max(memory for _, memory in whole)
    disk, memory = _held_on_disk(binary, requests), _held_in_memory(binary, requests)
    counted = "Collector: spans, counted and sampled"
    return [
        *([Row(counted, round(spans / sampled), None, "spans/core s", "higher")] if sampled else []),
        Row("Collector: spans", round(spans / seconds), None, "spans/core s", "higher"),
        Row("Collector: spans, without redaction", round(spans / min(bare)), None, "spans/core s", "higher"),
        Row("Collector: memory under that load", round(peak / 2**20, 1), None, "MiB", "lower"),
        Row("Collector: span on the wire", round(_size(requests) / spans), None, "bytes", "lower"),
        Row(
            "Collector: span on the wire, gzip",
            round(_size(_compressed(requests)) / spans, 1),
            None,
            "bytes",
            "lower",
        ),
        Row("Collector: span that waits on disk", round(disk / spans), None, "bytes", "lower"),
        Row("Collector: span that waits in memory", round(memory / spans), None, "bytes", "lower"),
    ]


def _costs(binary: Path, sink: str, requests: list[bytes], *configs: str) -> tuple[float, float]:
    """Processor seconds for all requests, and the most memory meanwhile."""
    with running_collector(binary, sink, *configs) as collector:
        _send(collector, requests[:20])
        collector.wait_until_sent(20 * BATCH)
        before, peak = collector.cpu_seconds(), 0
        for part in range(0, len(requests), 50):
            _send(collector, requests[part : part + 50])
            peak = max(peak, collector.memory_bytes())
        collector.wait_until_sent((20 + len(requests)) * BATCH)
        return collector.cpu_seconds() - before, float(peak)


def _sampled(binary: Path, sink: str, requests: list[bytes]) -> float:
    """Processor seconds of the second tier, which here keeps every trace; 0 when it cannot be had."""
    command = [str(binary), "components"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    if "tail_sampling" not in listed or "span_metrics" not in listed:
        print(f"{binary} has no tail_sampling, so its row is left out; COLLECTOR=... names another")
        return 0.0
    return min(_costs(binary, sink, requests, SAMPLER)[0] for _ in range(ROUNDS))


def _held_on_disk(binary: Path, requests: list[bytes]) -> int:
    with running_collector(binary, NOWHERE) as collector:
        before = collector.disk_bytes()
        _send(collector, requests)
        return collector.disk_bytes() - before


def _held_in_memory(binary: Path, requests: list[bytes]) -> int:
    with running_collector(binary, NOWHERE, IN_MEMORY) as collector:
        before = collector.memory_bytes()
        _send(collector, requests)
        return collector.memory_bytes() - before


def _send(collector: Collector, requests: list[bytes]) -> None:
    with grpc.insecure_channel(collector.address) as channel:
        export = channel.unary_unary(f"/{WIRES[Signal.TRACES].grpc_service}/Export", None, None)
        for request in requests:
            export(request, timeout=30)


def _compressed(requests: list[bytes]) -> list[bytes]:
    return [gzip.compress(request, 6) for request in requests]


def _size(requests: list[bytes]) -> int:
    return sum(map(len, requests))
