"""What the Collector has accepted it delivers, also when both it and its backend were away."""

import re
from pathlib import Path

import grpc

from otelkit.receiver import Accepted, Receiver
from otelkit.signals import ExportRequest, Signal
from otelkit.testing.ports import free_port
from tests.collector.payloads import send_spans, span
from tests.collector.process import RunningCollector
from tests.waiting import wait_until

SPANS = 600


class Backend:
    """Keeps the ids of the spans that arrive on one fixed port."""

    def __init__(self, port: int) -> None:
        self.ids: list[int] = []
        self.receiver = Receiver(self._accept, grpc_port=port)

    def _accept(self, _: Signal, request: ExportRequest) -> Accepted:
        for resource in request.resource_spans:  # type: ignore[union-attr]  # only spans are sent here
            for scope in resource.scope_spans:
                self.ids += [int.from_bytes(span.span_id) for span in scope.spans]
        return Accepted()


def test_queued_spans_survive_kill_9_while_the_backend_is_down(
    collector_binary: Path, tmp_path: Path
) -> None:
    port = free_port()
    collector = RunningCollector(collector_binary, tmp_path, f"127.0.0.1:{port}")
    backend = Backend(port)
    try:
        collector.start()
        for number in range(1, SPANS + 1, 20):
            send_spans(collector.grpc_target, [span(id_) for id_ in range(number, number + 20)])
        collector.kill()
        collector.start()
        backend.receiver.start()

        wait_until(lambda: len(set(backend.ids)) == SPANS, 30, lambda: f"{len(set(backend.ids))} of {SPANS}")
    finally:
        collector.stop()
        backend.receiver.stop()

    assert sorted(backend.ids) == list(range(1, SPANS + 1))


def test_full_queue_is_refused_to_the_sender_and_not_dropped(collector_binary: Path, tmp_path: Path) -> None:
    endpoint = f"127.0.0.1:{free_port()}"
    with RunningCollector(collector_binary, tmp_path, endpoint, COLLECTOR_QUEUE_BYTES="200000") as collector:
        refused = _send_until_refused(collector)

    assert refused == "UNAVAILABLE"


def test_span_that_is_too_large_for_the_backend_is_counted_with_those_beside_it(
    collector_binary: Path, tmp_path: Path
) -> None:
    port = free_port()
    backend = Backend(port)
    backend.receiver.start()
    try:
        with RunningCollector(collector_binary, tmp_path, f"127.0.0.1:{port}") as collector:
            huge = span(1, {"filler": "x" * 5_000_000})
            send_spans(collector.grpc_target, [huge, span(2), span(3)])
            send_spans(collector.grpc_target, [span(number) for number in range(4, 10)])

            def told() -> int:
                page = collector.get("METRICS_PORT", "/metrics")[1]
                lost = re.findall(r"^otelcol_exporter_send_failed_spans\S* (\d+)$", page, re.MULTILINE)
                return len(backend.ids) + sum(map(int, lost))

            wait_until(lambda: told() == 9, 20, lambda: f"9 accepted, {told()} told of")
    finally:
        backend.receiver.stop()

    assert 1 not in backend.ids


def _send_until_refused(collector: RunningCollector) -> str:
    for number in range(1, 1000):
        try:
            send_spans(collector.grpc_target, [span(number, {"filler": "x" * 1000})])
        except grpc.RpcError as error:
            return str(error.code().name)
    return "never refused"
