"""What the real Collector takes for the spans that reach it, and what its tail sampler keeps of them."""

import re
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.collector_process import DRAIN_SECONDS, Collector, running_collector
from otelkit.signals import WIRES, Signal

TAIL = str(Path(__file__).with_name("sampling-tail.yaml"))
_SERVICE = WIRES[Signal.TRACES].grpc_service
_DECIDED = re.compile(
    r"^otelcol_processor_tail_sampling_global_count_traces_sampled\w*\{[^}]*\} (\S+)$", re.MULTILINE
)


class Passage(NamedTuple):
    """One run: bytes that went in, processor seconds and most memory, and the requests that came out."""

    taken_bytes: int
    cpu_seconds: float
    memory_bytes: int
    sent: list[bytes]

    def spans(self) -> Iterator[tuple[int, str]]:
        """Give trace id and tracestate of all spans that came out."""
        for body in self.sent:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        yield int.from_bytes(span.trace_id, "big"), span.trace_state


def pass_through(binary: Path, requests: Iterable[bytes], spans: int) -> Passage:
    """Send all through a Collector that keeps all. Raises TimeoutError."""
    return _pass(binary, requests, lambda collector: collector.wait_until_sent(spans))


def pass_tail(binary: Path, requests: Iterable[bytes], traces: int) -> Passage:
    """Send all through a Collector that chooses whole traces. Raises TimeoutError."""

    def wait(collector: Collector) -> None:
        deadline = time.monotonic() + DRAIN_SECONDS
        while (decided := _decided(collector)) < traces:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the Collector has decided on {decided:.0f} of {traces} traces")
            time.sleep(0.2)
        collector.wait_until_all_is_sent()

    return _pass(binary, requests, wait, TAIL)


def _pass(
    binary: Path, requests: Iterable[bytes], wait: Callable[[Collector], None], *configs: str
) -> Passage:
    peak = taken = 0
    with _recorder() as (sink, sent), running_collector(binary, sink, *configs) as collector:
        with grpc.insecure_channel(collector.address) as channel:
            export = channel.unary_unary(f"/{_SERVICE}/Export", None, None)
            for number, request in enumerate(requests):
                export(request, timeout=60, wait_for_ready=True)
                taken += len(request)
                if number % 20 == 0:
                    peak = max(peak, collector.memory_bytes())
        wait(collector)
        peak = max(peak, collector.memory_bytes())
        spent = collector.cpu_seconds()
    return Passage(taken, spent, peak, sent)


@contextmanager
def _recorder() -> Iterator[tuple[str, list[bytes]]]:
    """Take every export request as it is; gives the address and the list of them."""
    sent: list[bytes] = []

    def accept(body: bytes, _: grpc.ServicerContext) -> bytes:
        sent.append(body)
        return b""

    server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", -1)])
    handler = grpc.unary_unary_rpc_method_handler(accept)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, {"Export": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}", sent
    finally:
        server.stop(1).wait()


def _decided(collector: Collector) -> float:
    with urllib.request.urlopen(collector.metrics_url, timeout=5) as answer:  # noqa: S310 - http, on loopback
        return sum(map(float, _DECIDED.findall(answer.read().decode())))
