"""How much memory a protobuf message will take once decoded, found before it is decoded.

Two bytes on the wire can be a message of 190 bytes in memory: 16 MB of empty spans
would become 1.5 GB. So the frames of a large body are walked first, without decoding.
Sizes are those of protobuf's upb runtime, rounded up.
"""

from dataclasses import dataclass
from functools import cache

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from otelkit.receiver.fault import malformed

_WALK_ABOVE_BYTES = 2 * 2**20
_WALK_ABOVE_TAGS = 65_536
_BYTES_A_MESSAGE, _BYTES_A_SLOT, _BYTES_A_NUMBER = 16, 16, 8
_HEAVIEST_MESSAGE_BYTES = 200
_COPIES = 3  # of the text in it: decoded, and encoded again by whoever keeps it
# Bytes that can begin a field with a length (wire type 2), numbered 1 to 15, in any varint form.
_TAGS = bytes(field << 3 | 2 | more for field in range(1, 16) for more in (0, 0x80))
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_LAST_BYTE_BELOW = 0x80


@dataclass(frozen=True)
class _Field:
    """What one occurrence weighs, what each of its bytes weighs, and what it contains."""

    weight: int
    weight_a_byte: int
    child: Descriptor | None


def decoded_bytes(descriptor: Descriptor, body: bytes | bytearray, limit_bytes: int) -> int:
    """Estimate from above what handling the body takes; raises Fault (400) above the limit."""
    tags = len(body) - len(body.translate(None, _TAGS))
    if len(body) <= _WALK_ABOVE_BYTES and tags <= _WALK_ABOVE_TAGS:
        return len(body) * _BYTES_A_NUMBER + tags * _HEAVIEST_MESSAGE_BYTES
    try:
        return len(body) * _COPIES + _walk(descriptor, body, limit_bytes)
    except IndexError:  # cut short: the decoder would say the same
        raise malformed(f"the body is not a protobuf {descriptor.name}") from None


def _walk(descriptor: Descriptor, body: bytes | bytearray, limit_bytes: int) -> int:
    total = 0
    waiting = [(0, len(body), _fields(descriptor))]
    while waiting:
        position, end, fields = waiting.pop()
        while position < end:
            tag, position = _varint(body, position)
            if tag & 7 != _LENGTH:
                position = _skip(body, position, tag & 7)
                continue
            size, position = _varint(body, position)
            field = fields.get(tag >> 3)
            if field is not None:
                total += field.weight + size * field.weight_a_byte
                if total > limit_bytes:
                    raise malformed("the body has too many small parts: send smaller batches")
                if field.child is not None:
                    waiting.append((position + size, end, fields))
                    end, fields = position + size, _fields(field.child)
                    continue
            position += size
    return total


def _varint(body: bytes | bytearray, position: int) -> tuple[int, int]:
    byte = body[position]
    if byte < _LAST_BYTE_BELOW:
        return byte, position + 1
    value, shift = 0, 0
    while byte >= _LAST_BYTE_BELOW:
        value |= (byte & 0x7F) << shift
        shift += 7
        position += 1
        byte = body[position]
    return value | byte << shift, position + 1


def _skip(body: bytes | bytearray, position: int, wire_type: int) -> int:
    if wire_type == _VARINT:
        return _varint(body, position)[1]
    if wire_type == _FIXED64:
        return position + 8
    if wire_type == _FIXED32:
        return position + 4
    raise malformed("the body has a group or an unknown wire type, which OTLP never has")


@cache
def _fields(descriptor: Descriptor) -> dict[int, _Field]:
    return {field.number: _field(field) for field in descriptor.fields if _weighs(field)}


def _weighs(field: FieldDescriptor) -> bool:
    return field.message_type is not None or field.is_repeated


def _field(field: FieldDescriptor) -> _Field:
    child = field.message_type
    if child is not None:
        own = [f for f in child.fields if f.containing_oneof is None]
        slots = len(own) + len(child.oneofs)
        return _Field(_BYTES_A_MESSAGE + slots * _BYTES_A_SLOT, 0, child)
    if field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES):
        return _Field(_BYTES_A_SLOT, 0, None)
    return _Field(0, _BYTES_A_NUMBER, None)
