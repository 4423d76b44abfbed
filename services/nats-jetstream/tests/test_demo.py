"""What `make run` starts: a whole trace of each pattern, of two processes, and an end for both."""

import sys

import pytest

from nats_jetstream.patterns import PATTERNS
from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from otelkit.testing.servers.server import Server
from otelkit.traces import Span

pytestmark = pytest.mark.integration
COMMAND = [sys.executable, "-m", "nats_jetstream.demo"]
ROOTS = {pattern.__name__.replace("_", " ") for pattern in PATTERNS}


def is_whole(spans: list[Span]) -> bool:
    """Each pattern's root is there, and the replay of the last one was processed."""
    names = [span.name for span in spans]
    return set(names) >= ROOTS and names.count("process orders.placed") == 7


def test_demo_leaves_a_trace_of_each_pattern_and_ends_with_its_service(
    own_nats_server: Server, otlp_sink: Sink
) -> None:
    port = free_port()
    environment = {
        **otlp_sink.environment(),
        "NATS_URL": own_nats_server.url,
        "NATS_JETSTREAM_PORT": str(port),
        "OTEL_SERVICE_NAME": "nats-jetstream",
    }
    with ServiceProcess(COMMAND, environment, port) as process:
        spans = otlp_sink.wait_for_spans(is_whole, timeout_seconds=60)
        seconds = process.end()
        code = process.process.returncode

    assert {span.service_name for span in spans} == {"nats-jetstream", "nats-jetstream-customer"}
    assert (code, seconds < 15) == (0, True)


def test_demo_ends_with_the_line_that_its_service_could_not_start_for() -> None:
    port = free_port()
    environment = {
        "NATS_URL": f"nats://127.0.0.1:{free_port()}",
        "NATS_JETSTREAM_START_SECONDS": "0.5",
        "NATS_JETSTREAM_PORT": str(port),
        "OTEL_SDK_DISABLED": "true",
    }
    with ServiceProcess(COMMAND, environment, port) as process:
        process.process.wait(30)
        said = process.output()

    assert process.process.returncode == 1
    assert len(said.splitlines()) == 1
    assert "did not answer within 0.5 s" in said
