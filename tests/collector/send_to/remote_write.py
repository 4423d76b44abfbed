"""Reads Prometheus remote write 1.0: snappy's block format around a protobuf `WriteRequest`.

Sources: google/snappy format_description.txt; prometheus/prompb/remote.proto and types.proto.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """One series: labels with `__name__`, and samples as (value, milliseconds since the epoch)."""

    labels: dict[str, str]
    samples: list[tuple[float, int]]


def read_write_request(compressed: bytes) -> list[Series]:
    """Give the series of a request. Raises AssertionError when it is not snappy."""
    return [_series(message) for number, message in _fields(unsnappy(compressed)) if number == 1]


def unsnappy(data: bytes) -> bytes:
    """Decompress one block."""
    length, at = _varint(data, 0)
    out = bytearray()
    while at < len(data):
        tag = data[at]
        kind, upper = tag & 3, tag >> 2
        at += 1
        if kind == 0:  # a literal: its length less one, in the tag or in 1 to 4 bytes after it
            more = max(0, upper - 59)
            size = (int.from_bytes(data[at : at + more], "little") if more else upper) + 1
            out += data[at + more : at + more + size]
            at += more + size
            continue
        if kind == 1:  # a copy of what came before; it may overlap what it writes
            size, offset, width = (upper & 7) + 4, (tag >> 5) << 8 | data[at], 1
        else:
            width = 2 if kind == 2 else 4
            size, offset = upper + 1, int.from_bytes(data[at : at + width], "little")
        at += width
        for _ in range(size):
            out.append(out[-offset])
    assert len(out) == length, "not snappy's block format"
    return bytes(out)


def _series(message: bytes) -> Series:
    labels, samples = {}, []
    for number, inner in _fields(message):
        parts = dict(_fields(inner))
        if number == 1:
            labels[parts[1].decode()] = parts[2].decode()
        elif number == 2:
            value, *_ = struct.unpack("<d", parts.get(1, bytes(8)))
            samples.append((value, int.from_bytes(parts.get(2, b""), "little")))
    return Series(labels, samples)


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Give number and bytes of each field; a varint as little-endian bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        if key & 7 == 0:
            value, at = _varint(message, at)
            yield key >> 3, value.to_bytes(8, "little")
            continue
        size, at = (8, at) if key & 7 == 1 else _varint(message, at)
        yield key >> 3, message[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
