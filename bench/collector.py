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
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from bench.collector_process import Collector, running_collector
from bench.export_side import attributes
from bench.report import Row
from bench.servers import discarding_receiver
from collector.build import build
from otelkit.signals import WIRES, Signal

BATCH, BATCHES, ROUNDS = 512, 400, 3
NOWHERE = "127.0.0.1:9"  # the discard port: nothing listens
SAMPLER = str(Path(__file__).with_name("collector-sampler.yaml"))
NO_REDACTION = "yaml:service::pipelines::traces::processors: [memory_limiter]"
IN_MEMORY = "yaml:exporters::otlp_grpc/viewer::sending_queue::storage: null"
RESOURCE = {
    "service.name": "http-fastapi",
    "service.namespace": "shop",
    "deployment.environment.name": "production",
    "k8s.pod.name": "http-fastapi-6c9f7d8b5-x2x7k",
    "k8s.pod.uid": "0b8a4d3e-7d8c-4f4e-9f4e-2f1f6c1b7a11",
    "k8s.namespace.name": "shop",
    "k8s.node.name": "worker-1",
    "telemetry.sdk.language": "python",
}


def measure() -> list[Row]:
    """Run all cases, each in Collectors of its own. Raises NoGo and BuildFailed."""
    binary = Path(os.environ.get("COLLECTOR") or build())
    requests = [_request(number) for number in range(BATCHES)]
    spans = BATCH * BATCHES
    with discarding_receiver() as address:
        sink = address.removeprefix("http://")
        whole = [_costs(binary, sink, requests) for _ in range(ROUNDS)]
        bare = [_costs(binary, sink, requests, NO_REDACTION)[0] for _ in range(ROUNDS)]
        sampled = _sampled(binary, sink, requests)
    seconds, peak = (min(column) for column in zip(*whole, strict=True))  # others' work only adds
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
    command = [binary, "components"]
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


def _request(number: int) -> bytes:
    """Encode one batch as a service sends it: ten attributes a span, eight of its resource."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.extend(_pair(key, value) for key, value in RESOURCE.items())
    scope = resource.scope_spans.add()
    for position in range(number * BATCH, (number + 1) * BATCH):
        scope.spans.add(
            trace_id=(position // 8 * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128).to_bytes(16),
            span_id=(position * 0x9E3779B97F4A7C15 % 2**64).to_bytes(8),
            name="GET /orders/{order_id}",
            start_time_unix_nano=1_700_000_000_000_000_000 + position * 1_000_003,
            end_time_unix_nano=1_700_000_000_000_000_000 + position * 1_000_003 + 900_000 + position % 7919,
            attributes=[_pair(key, value) for key, value in attributes(position).items()],
        )
    return request.SerializeToString()


def _pair(key: str, value: str | int | bool | float) -> KeyValue:
    match value:
        case bool():
            return KeyValue(key=key, value=AnyValue(bool_value=value))
        case int():
            return KeyValue(key=key, value=AnyValue(int_value=value))
        case float():
            return KeyValue(key=key, value=AnyValue(double_value=value))
        case _:
            return KeyValue(key=key, value=AnyValue(string_value=value))


def _compressed(requests: list[bytes]) -> list[bytes]:
    return [gzip.compress(request, 6) for request in requests]


def _size(requests: list[bytes]) -> int:
    return sum(map(len, requests))
