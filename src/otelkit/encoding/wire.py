"""Protobuf's wire format: varints, tags, fields of given length, fixed 64-bit numbers.

Role: the few pieces every encoder is made of. Decision: tags are made once, at import, by `tag`; varints
below 4,096, which is nearly every length, come from a table. Numbers wrap to their width, as C does, and
never raise. Convention: protobuf encoding, https://protobuf.dev/programming-guides/encoding/.
"""

import struct
from collections.abc import Callable

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5  # wire types

_CONTINUE = 0x80
_MASK64 = 2**64 - 1
_MASK32 = 2**32 - 1

_pack_uint64 = struct.Struct("<Q").pack
pack_double: Callable[[float], bytes] = struct.Struct("<d").pack


def varint(number: int) -> bytes:
    """Encode as a varint; a negative number as its 64-bit two's complement, ten bytes, as int64 does."""
    if 0 <= number < _TABLE_SIZE:
        return VARINTS[number]
    return long_varint(number & _MASK64)


def long_varint(number: int) -> bytes:
    """Encode a number of at least 0 as a varint, without the table: for numbers that are seldom small."""
    if number < 1 << 21:  # the usual, without a loop
        if number < _CONTINUE:
            return bytes((number,))
        if number < 1 << 14:
            return bytes((number & 0x7F | _CONTINUE, number >> 7))
        return bytes((number & 0x7F | _CONTINUE, number >> 7 & 0x7F | _CONTINUE, number >> 14))
    parts = bytearray()
    while number >= _CONTINUE:
        parts.append(number & 0x7F | _CONTINUE)
        number >>= 7
    parts.append(number)
    return bytes(parts)


_TABLE_SIZE = 4_096  # about 140 kB
VARINTS: tuple[bytes, ...] = tuple(long_varint(number) for number in range(_TABLE_SIZE))


def tag(field: int, wire_type: int) -> bytes:
    """Encode the tag of a field, to be kept as a constant."""
    return long_varint(field << 3 | wire_type)


def delimited(tag_bytes: bytes, body: bytes) -> bytes:
    """Encode a string, bytes or message field: tag, length, body."""
    return tag_bytes + varint(len(body)) + body


def fixed64(number: int) -> bytes:
    """Encode an unsigned 64-bit number in eight bytes (`fixed64`); a negative or larger one wraps."""
    return (number & _MASK64).to_bytes(8, "little")


def time_field(tag_bytes: bytes, nanos: int | None) -> bytes:
    """Encode a `fixed64` field with its tag; nothing for 0, None and what is no unsigned 64-bit number."""
    if not nanos:
        return b""
    try:
        return tag_bytes + _pack_uint64(nanos)
    except struct.error:
        return b""


def fixed32(number: int) -> bytes:
    """Encode an unsigned 32-bit number in four bytes (`fixed32`); a negative or larger one wraps."""
    return (number & _MASK32).to_bytes(4, "little")


def sfixed64(number: int) -> bytes:
    """Encode a signed 64-bit number in eight bytes (`sfixed64`): two's complement, wraps beyond 64 bits."""
    return (number & _MASK64).to_bytes(8, "little")


def utf8(text: str) -> bytes:
    """Encode text as UTF-8, what is no Unicode (a lone surrogate) as U+FFFD.

    Protobuf strings must be valid UTF-8; the specification asks that telemetry is kept, not refused.
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
