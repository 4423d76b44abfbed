"""How an HTTP body is compressed: gzip at level 1, zstd at level 1, or not at all.

gzip's default level 9 costs half as much CPU again as gRPC for some per cent of size. The
specification leaves the default open; over HTTP it is gzip here, as most receivers sit across a
network, and over gRPC none. zstd is no value of the specification; the Collector takes it.
"""

import gzip
from enum import StrEnum
from importlib.util import find_spec

_LEVEL = 1


class Compression(StrEnum):
    """Values of OTEL_EXPORTER_OTLP_COMPRESSION; also the HTTP content codings."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"


def compress(body: bytes, compression: Compression) -> bytes:
    """Compress a request's body."""
    if compression is Compression.GZIP:
        return gzip.compress(body, _LEVEL)
    if compression is Compression.ZSTD:
        import zstandard  # noqa: PLC0415 - an extra, asked for by a setting

        return zstandard.compress(body, _LEVEL)
    return body


def check_supported(compression: Compression, *, grpc: bool) -> None:
    """Raise ValueError, with the remedy, for what cannot be done here."""
    if compression is not Compression.ZSTD:
        return
    if grpc:
        raise ValueError("gRPC for Python has no zstd: use gzip or none, or http/protobuf")
    if find_spec("zstandard") is None:
        raise ValueError("zstd needs a package: pip install 'otelkit[zstd]'")
