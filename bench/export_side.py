"""One side of the export benchmark in a process of its own: `python -m bench.export_side SIDE CASE ENDPOINT`.

Sides: `direct` (encoded where the span ends), `worker` (the same encoder behind the SDK's batch
processor), `sdk` (the SDK's batch processor and OTLP exporter). Prints one JSON object.
"""

import json
import os
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from otelkit.export import DirectSpanProcessor, WaitingSpanExporter

SPANS = 40_000
BATCH = 512
REST_SECONDS = 10.0
GRPC_THREADS = {"event_engine", "lifeguard", "grpc_global_tim"}


def attributes(number: int) -> dict[str, str | int | bool | float]:
    """Ten attributes as an HTTP server span has them: some recur, some do not."""
    return {
        "http.request.method": "GET",
        "http.route": "/orders/{order_id}",
        "http.response.status_code": 200,
        "url.scheme": "http",
        "url.path": f"/orders/{number}",
        "server.address": "127.0.0.1",
        "server.port": 8000,
        "network.protocol.version": "1.1",
        "shop.order.paid": True,
        "shop.order.total": number / 7,
    }


def processor(side: str, endpoint: str) -> SpanProcessor:
    """The end of the pipeline that `side` names; `endpoint` is protocol+URL, the queue large enough."""
    protocol, _, os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint.partition("+")
    os.environ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol
    if side == "direct":
        return DirectSpanProcessor(WaitingSpanExporter(queue_bytes=2**30))
    exporter = WaitingSpanExporter(queue_bytes=2**30) if side == "worker" else OTLPSpanExporter(insecure=True)
    return BatchSpanProcessor(exporter, max_queue_size=10 * SPANS)


def emit(provider: TracerProvider, count: int, each: Callable[[int], None] = lambda _: None) -> None:
    """Start and end spans; `each` is called after every one with its number."""
    tracer = provider.get_tracer("bench")
    for number in range(count):
        tracer.start_span("GET /orders/{order_id}", attributes=attributes(number)).end()
        each(number)


def throughput(provider: TracerProvider) -> dict[str, float]:
    """Spans from their start to the wire, per second of processor time of the whole process."""

    def flush_each_batch(number: int) -> None:
        if number % BATCH == 0:
            provider.force_flush()

    emit(provider, 5 * BATCH, flush_each_batch)
    start = time.process_time()
    emit(provider, SPANS, flush_each_batch)
    provider.force_flush()
    return {"per_core_second": SPANS / (time.process_time() - start)}


def memory(provider: TracerProvider) -> dict[str, float]:
    """Bytes that each waiting span takes."""
    emit(provider, 100)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    emit(provider, SPANS // 2)
    return {"bytes_each": (tracemalloc.get_traced_memory()[0] - before) / (SPANS // 2)}


def latency(provider: TracerProvider) -> dict[str, float]:
    """What a caller waits for one span at 5,000 a second, while earlier ones are exported; microseconds.

    From the moment a span was due, so that a pause of the process counts for all that it made wait.
    """
    tracer, seen, start = provider.get_tracer("bench"), [], time.perf_counter() + 0.1
    for number in range(25_000):
        due = start + number / 5000
        while time.perf_counter() < due:
            pass
        tracer.start_span("GET /orders/{order_id}", attributes=attributes(number)).end()
        seen.append((time.perf_counter() - due) * 1e6)
    cuts = quantiles(seen, n=1000)
    return {"p50_us": cuts[499], "p99_us": cuts[989], "p999_us": cuts[998], "max_us": max(seen)}


def rest(provider: TracerProvider) -> dict[str, float]:
    """Processor time and wakeups of the process per second when nothing happens.

    Threads of gRPC's core are counted apart: they wake as long as the core is up, whoever uses it.
    """
    emit(provider, 10)
    provider.force_flush()
    time.sleep(1)
    cpu, before = time.process_time(), _wakeups()
    time.sleep(REST_SECONDS)
    cpu, after = time.process_time() - cpu, _wakeups()
    return {
        "cpu_ms": cpu * 1e3 / REST_SECONDS,
        "wakeups": (after["ours"] - before["ours"] - 1) / REST_SECONDS,  # less the one that ends this sleep
        "grpc_wakeups": (after["grpc"] - before["grpc"]) / REST_SECONDS,
    }


def _wakeups() -> Counter[str]:
    """Voluntary context switches, by whose thread it is."""
    found = Counter[str]()
    for task in Path("/proc/self/task").glob("*/status"):
        fields = dict(line.split(":", 1) for line in task.read_text().splitlines())
        whose = "grpc" if fields["Name"].strip() in GRPC_THREADS else "ours"
        found[whose] += int(fields["voluntary_ctxt_switches"])
    return found


CASES = {case.__name__: case for case in (throughput, memory, latency, rest)}

if __name__ == "__main__":
    side, case, endpoint = sys.argv[1:]
    provider = TracerProvider(resource=Resource.create({"service.name": "bench"}), shutdown_on_exit=False)
    provider.add_span_processor(processor(side, endpoint))
    print(json.dumps(CASES[case](provider)), flush=True)
    os._exit(0)  # what waits in the memory case is not worth waiting for
