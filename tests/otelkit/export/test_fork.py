"""A forked worker exports its own spans, the parent its own, each once, over both protocols."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .conftest import Inbox
from .forking_program import CHILDREN

PROGRAM = Path(__file__).with_name("forking_program.py")
COLLECTING = Path(__file__).with_name("collecting_program.py")
EVERYTHING = sorted(
    ["parent-before"]
    + [f"parent-{number}" for number in range(CHILDREN)]
    + [f"child-{number}" for number in range(CHILDREN)]
)


@pytest.mark.parametrize("processor", ["batch", "direct"])
def test_twenty_forks_after_traffic_lose_nothing_and_hang_never(
    inbox: Inbox, protocol: str, processor: str
) -> None:
    with _program(protocol, inbox.port, processor) as program:
        output, _ = program.communicate(timeout=60)

    assert (program.returncode, output) == (0, "forked\n")
    assert sorted(inbox.names) == EVERYTHING


@pytest.mark.parametrize("processor", ["batch", "direct"])
def test_what_waits_in_the_parent_at_a_fork_is_sent_once_and_by_the_parent(
    free_port: int, protocol: str, processor: str, start_receiver: Callable[..., Inbox]
) -> None:
    with _program(protocol, free_port, processor, "outage") as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "forked\n"
        inbox = start_receiver(free_port)
        program.communicate(timeout=60)

    assert program.returncode == 0
    assert sorted(inbox.names) == EVERYTHING


@pytest.mark.parametrize(
    "reader",
    [
        "otelkit",
        "adopted",
        pytest.param("sdk", marks=pytest.mark.xfail(reason="opentelemetry-python#4345, PR 4767")),
    ],
)
def test_worker_forked_amid_a_collection_of_metrics_measures_and_collects(reader: str) -> None:
    environ = os.environ | {"OTEL_METRIC_EXPORT_INTERVAL": "50"}
    program = subprocess.run([sys.executable, str(COLLECTING), reader], env=environ, timeout=30, check=False)

    assert program.returncode == 0


@contextmanager
def _program(protocol: str, port: int, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    environ = os.environ | {
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
    }
    command = [sys.executable, str(PROGRAM), *arguments]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as program:
        try:
            yield program
        finally:
            program.kill()
