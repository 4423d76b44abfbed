"""The exporters can be selected by name, by whoever starts the SDK."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from otelkit.export import WaitingLogExporter, WaitingMetricExporter, WaitingSpanExporter
from otelkit.receiver import Accepted, Receiver, Verdict
from otelkit.signals import ExportRequest, Signal

PROGRAM = Path(__file__).with_name("zero_code_program.py")


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        (Signal.TRACES, WaitingSpanExporter),
        (Signal.METRICS, WaitingMetricExporter),
        (Signal.LOGS, WaitingLogExporter),
    ],
)
def test_the_entry_point_loads_the_exporter(signal: Signal, expected: type) -> None:
    (found,) = entry_points(group=f"opentelemetry_{signal}_exporter", name="otelkit")

    assert issubclass(found.load(), expected)


@pytest.mark.parametrize("configurator", ["", "otelkit"], ids=["the SDK's start-up", "otelkit's start-up"])
@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_zero_code_start_up_exports_all_three_signals(protocol: str, configurator: str) -> None:
    arrived: dict[Signal, bytes] = {}

    def accept(signal: Signal, request: ExportRequest) -> Verdict:
        arrived[signal] = arrived.get(signal, b"") + request.SerializeToString()
        return Accepted()

    receiver = Receiver(accept)
    receiver.start()
    try:
        _run_instrumented(
            protocol, receiver.grpc_port if protocol == "grpc" else receiver.http_port, configurator
        )
    finally:
        receiver.stop()

    assert b"zero-code" in arrived[Signal.TRACES]
    assert b"zero.orders" in arrived[Signal.METRICS]
    assert b"zero-code log" in arrived[Signal.LOGS]


def _run_instrumented(protocol: str, port: int, configurator: str) -> None:
    environ = os.environ | {
        "OTEL_SERVICE_NAME": "zero",
        "OTEL_PYTHON_CONFIGURATOR": configurator,
        "OTEL_TRACES_EXPORTER": "otelkit",
        "OTEL_METRICS_EXPORTER": "otelkit",
        "OTEL_LOGS_EXPORTER": "otelkit",
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
    }
    environ = {name: value for name, value in environ.items() if value}
    command = [str(Path(sys.executable).with_name("opentelemetry-instrument")), sys.executable, str(PROGRAM)]
    subprocess.run(command, env=environ, check=True, timeout=60)
