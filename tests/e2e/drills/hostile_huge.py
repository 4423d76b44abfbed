"""Requests that are small on the wire and huge in memory, or just huge."""

import zlib

import grpc

from otelkit.signals import WIRES, Signal
from tests.e2e.drills.hostile_case import GRPC, GZIP, HTTP, PROTOBUF, Case

_MEGABYTE = 2**20
_TRACES = WIRES[Signal.TRACES]
_FULL, _BAD = grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INVALID_ARGUMENT


def huge_cases() -> list[Case]:
    """A gzip bomb of 1 GB, a body of 100 MB and millions of empty spans, over both protocols."""
    path, method = _TRACES.http_path, _TRACES.grpc_method
    hundred = {**PROTOBUF, "content-length": str(100 * _MEGABYTE)}
    return [
        Case("gzip bomb of 1 GB", HTTP, path, _gzip_bomb, 413, GZIP),
        Case("gzip bomb of 1 GB", GRPC, method, _gzip_bomb, _FULL),
        # Compressed and marked so by the client library itself, unlike the bomb.
        Case("64 MB compressed by gRPC", GRPC, method, lambda: bytes(64 * _MEGABYTE), _FULL, compressed=True),
        Case("body of 100 MB", HTTP, path, lambda: [bytes(_MEGABYTE)] * 100, 413, hundred),
        Case("body of 100 MB", GRPC, method, lambda: bytes(100 * _MEGABYTE), _FULL),
        Case("2 million empty spans", HTTP, path, _empty_spans, 400, PROTOBUF),
        Case("2 million empty spans", GRPC, method, _empty_spans, _BAD),
    ]


def _gzip_bomb() -> bytes:
    """1 GB of zeros as gzip, made without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    zeros = bytes(_MEGABYTE)
    return b"".join(packer.compress(zeros) for _ in range(1024)) + packer.flush()


def _empty_spans() -> bytes:
    """Two bytes a span, in one scope of one resource, just below the 4 MiB that a receiver takes."""
    body = b"\x12\x00" * (2 * _MEGABYTE - 32)
    for tag in (b"\x12", b"\x0a"):
        body = tag + _varint(len(body)) + body
    return body


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])
