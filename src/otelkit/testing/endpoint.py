"""The OTEL_* variables that point a process at a local receiver.

Endpoints and protocols are given per signal too, because a developer's shell may have those set and they win
(https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
"""

from typing import Literal

from otelkit.signals import WIRES

Protocol = Literal["grpc", "http/protobuf"]


def environment_for(grpc_port: int, http_port: int, protocol: Protocol) -> dict[str, str]:
    """Variables for all three signals, with short delays (0.2 s spans and logs, 1 s metrics).

    Raises ValueError for a protocol other than grpc and http/protobuf.
    """
    if protocol not in ("grpc", "http/protobuf"):
        raise ValueError(f"protocol {protocol!r} is not received here: take 'grpc' or 'http/protobuf'")
    base = f"http://127.0.0.1:{grpc_port if protocol == 'grpc' else http_port}"
    variables = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": base,
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "OTEL_BLRP_SCHEDULE_DELAY": "200",
        "OTEL_METRIC_EXPORT_INTERVAL": "1000",
    }
    for signal, wire in WIRES.items():
        variables[f"OTEL_{signal.upper()}_EXPORTER"] = "otlp"
        variables[f"OTEL_EXPORTER_OTLP_{signal.upper()}_PROTOCOL"] = protocol
        path = "" if protocol == "grpc" else wire.http_path
        variables[f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT"] = f"{base}{path}"
    return variables
