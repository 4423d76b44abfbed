"""Where one signal goes, and how: what the OTLP variables say, checked.

A Destination is plain data, so a test or a program can make one without any environment.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from otelkit.export.compression import Compression
from otelkit.signals import Signal

DEFAULT_TIMEOUT_SECONDS = 10.0


class Protocol(StrEnum):
    """The two ways of OTLP that are spoken, by their names in OTEL_EXPORTER_OTLP_PROTOCOL."""

    GRPC = "grpc"
    HTTP = "http/protobuf"


@dataclass(frozen=True)
class Destination:
    """One signal's receiver. `target` is a gRPC target (`host:4317`) or a whole URL.

    `headers` are kept out of `repr`, because they carry API keys.
    """

    signal: Signal
    protocol: Protocol
    target: str
    secure: bool = False
    server_address: str = ""
    server_port: int | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    compression: Compression = Compression.NONE
    certificate: Path | None = None
    client_key: Path | None = None
    client_certificate: Path | None = None
