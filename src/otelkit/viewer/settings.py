"""Settings of the viewer, from its command line; each has one documented default."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LARGEST_PORT = 65_535


@dataclass(frozen=True)
class Settings:
    """Where to listen, and what to keep where."""

    host: str
    port: int
    otlp_grpc_port: int
    otlp_http_port: int
    database: Path
    max_megabytes: int


def read_settings(arguments: Sequence[str] | None = None) -> Settings:
    """Parse the command line; a wrong one ends the program with a line that names the setting."""
    parser = argparse.ArgumentParser(prog="python -m otelkit.viewer", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    port = "(default %(default)s; 0 takes a free one)"
    parser.add_argument("--port", type=_port, default=3000, help=f"pages and API {port}")
    parser.add_argument("--otlp-grpc-port", type=_port, default=4317, help=f"OTLP over gRPC {port}")
    parser.add_argument("--otlp-http-port", type=_port, default=4318, help=f"OTLP over HTTP {port}")
    parser.add_argument("--database", type=Path, required=True, help="SQLite file, made when missing")
    parser.add_argument(
        "--max-megabytes",
        type=_positive,
        default=512,
        help="what is kept; above it the oldest telemetry is deleted (default %(default)s)",
    )
    return Settings(**vars(parser.parse_args(arguments)))


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 0 to {_LARGEST_PORT}")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)
