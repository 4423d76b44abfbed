"""The command line, as people run it, against a server of the same kind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from otelkit.testing import Sink, trace_tree
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

STOCK = Path(sys.executable).with_name("stock")


@pytest.fixture(scope="module")
def target() -> Iterator[str]:
    """A server whose own telemetry goes nowhere."""
    port = free_port()
    environment = {"GRPC_FOUR_MODES_PORT": str(port), "OTEL_SDK_DISABLED": "true"}
    with ServiceProcess([sys.executable, "-m", "grpc_four_modes"], environment, port) as process:
        process.wait_until_listening()
        yield f"127.0.0.1:{port}"


def stock(target: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [STOCK, *arguments],
        env={**os.environ, "GRPC_FOUR_MODES_TARGET": target, "OTEL_SDK_DISABLED": "true", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("reserve", "tea", "2"), "reserved 2 tea as "),
        (("watch", "lamp", "--most", "1"), "lamp: 10"),
        (("adjust", "chair", "--count", "500", "--change", "2"), "500 adjusted, 0 refused"),
        (("adjust", "chair", "--count", "3", "--change", "-9999"), "0 adjusted, 3 refused"),
        (("negotiate", "tea", "10", "--limit", "900"), "874 offered, agreed"),
        (("health",), "SERVING"),
    ],
)
def test_command_says_what_came_of_it(target: str, arguments: tuple[str, ...], said: str) -> None:
    done = stock(target, *arguments)

    assert (done.returncode, said in done.stdout) == (0, True), done.stdout + done.stderr


def test_failed_call_is_one_line_with_its_reason(target: str) -> None:
    done = stock(target, "reserve", "unicorn", "1")

    assert done.returncode == 1
    assert done.stderr.strip() == "NOT_FOUND: there is no such item [UNKNOWN_ITEM]"


def test_server_that_is_not_there_is_one_line(target: str) -> None:
    done = stock(f"127.0.0.1:{free_port()}", "health")

    assert done.returncode == 1
    assert done.stderr.startswith("UNAVAILABLE: ")
    assert len(done.stderr.splitlines()) == 1


def test_wrong_setting_is_one_message(target: str) -> None:
    done = stock(target, "health", GRPC_FOUR_MODES_ATTEMPTS="99")

    assert done.returncode == 1
    assert "attempts" in done.stderr
    assert "Traceback" not in done.stderr


def test_span_of_the_command_is_exported_before_it_ends(target: str, otlp_sink: Sink) -> None:
    telemetry = {"OTEL_SDK_DISABLED": "false", **otlp_sink.environment(), "OTEL_BSP_SCHEDULE_DELAY": "60000"}
    done = stock(target, "reserve", "tea", "1", **telemetry)

    assert done.returncode == 0, done.stderr
    assert trace_tree(otlp_sink.spans()) == "shop.stock.v1.Stock/Reserve [CLIENT] UNSET"
