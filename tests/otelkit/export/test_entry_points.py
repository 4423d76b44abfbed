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

# What opentelemetry-distro registers, which zero-code start-up needs to build any provider.
CONFIGURATOR = "[opentelemetry_configurator]\nsdk = opentelemetry.sdk._configuration:_OTelSDKConfigurator\n"
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

    assert found.load() is expected


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_zero_code_start_up_exports_all_three_signals(protocol: str, tmp_path: Path) -> None:
    arrived: dict[Signal, bytes] = {}

    def accept(signal: Signal, request: ExportRequest) -> Verdict:
        arrived[signal] = arrived.get(signal, b"") + request.SerializeToString()
        return Accepted()

    receiver = Receiver(accept)
    receiver.start()
    try:
        _run_instrumented(
            protocol, receiver.grpc_port if protocol == "grpc" else receiver.http_port, tmp_path
        )
    finally:
        receiver.stop()

    assert b"zero-code" in arrived[Signal.TRACES]
    assert b"zero.orders" in arrived[Signal.METRICS]
    assert b"zero-code log" in arrived[Signal.LOGS]


def _run_instrumented(protocol: str, port: int, packages: Path) -> None:
    distribution = packages / "distro-0.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: distro\nVersion: 0\n")
    (distribution / "entry_points.txt").write_text(CONFIGURATOR)
    environ = os.environ | {
        "PYTHONPATH": str(packages),
        "OTEL_TRACES_EXPORTER": "otelkit",
        "OTEL_METRICS_EXPORTER": "otelkit",
        "OTEL_LOGS_EXPORTER": "otelkit",
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
    }
    command = [str(Path(sys.executable).with_name("opentelemetry-instrument")), sys.executable, str(PROGRAM)]
    subprocess.run(command, env=environ, check=True, timeout=60)
