"""What `make run` starts: four whole traces of two processes, and an end for both."""

import signal
import sys

from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from otelkit.traces import Span

MODES = ("Reserve", "WatchStock", "BulkAdjust", "Negotiate")


def is_whole(spans: list[Span]) -> bool:
    """Four roots, each with its server's side below."""
    roots = {span.span_id: span for span in spans if not span.parent_span_id}
    served = {span.parent_span_id for span in spans if span.kind == "SERVER"}
    names = {span.name.rpartition("/")[2] for key, span in roots.items() if key in served}
    return names == set(MODES)


def test_demo_leaves_four_traces_of_two_services_and_ends_with_its_server(otlp_sink: Sink) -> None:
    port = free_port()
    environment = {**otlp_sink.environment(), "GRPC_FOUR_MODES_PORT": str(port)}
    environment["OTEL_SERVICE_NAME"] = "grpc-four-modes"
    command = [sys.executable, "-m", "grpc_four_modes.demo"]
    with ServiceProcess(command, environment, port) as process:
        spans = otlp_sink.wait_for_spans(is_whole, timeout_seconds=30)
        seconds = process.end(signal.SIGTERM)
        code = process.process.returncode

    assert {span.service_name for span in spans} == {"grpc-four-modes", "grpc-four-modes-client"}
    assert {span.kind for span in spans if not span.parent_span_id} == {"CLIENT"}
    assert len({span.trace_id for span in spans}) == 4
    assert (code, seconds < 10) == (0, True)
