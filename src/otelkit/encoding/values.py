"""Attribute values and log bodies as AnyValue.

Role: any Python value becomes an AnyValue, none an exception. Decision: what the SDK's encoder refuses is
kept as the specification asks: integers beyond 64 bits as decimal text, text that is no Unicode as bytes,
sets as arrays, enumerations by name, other objects as their text, what has none as an empty value. Deeper
than `MAX_DEPTH` a value becomes text: parsers stop at 100 nested messages, and a structure may contain
itself. Convention: https://opentelemetry.io/docs/specs/otel/common/attribute-type-mapping/
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AnySet
from enum import Enum

from otelkit.encoding.wire import LENGTH, VARINTS, delimited, pack_double, tag, utf8, varint

MAX_DEPTH = 28  # a map costs three messages a level, and the request around it up to nine

_STRING, _ARRAY, _MAP, _BYTES = tag(1, LENGTH), tag(5, LENGTH), tag(6, LENGTH), tag(7, LENGTH)
_BOOL, _INT, _DOUBLE = b"\x10", b"\x18", b"\x21"
_ELEMENT, _KEY, _VALUE = tag(1, LENGTH), tag(1, LENGTH), tag(2, LENGTH)
_FALSE, _TRUE = _BOOL + VARINTS[0], _BOOL + VARINTS[1]
MIN_INT64, MAX_INT64 = -(2**63), 2**63 - 1


def encode_value(value: object, depth: int = 0) -> bytes:
    """Encode the body of an AnyValue; `depth` counts the arrays and maps around it."""
    write = _WRITERS.get(type(value))
    if write is not None:
        return write(value)
    try:
        return _encode_other(value, depth)
    except Exception:  # noqa: BLE001 - a foreign class may raise anything; telemetry must not
        return b""


def encode_text(text: str) -> bytes:
    """Encode text; as bytes where it is no Unicode, by `surrogateescape` the very ones it was read from."""
    try:
        return delimited(_STRING, text.encode())
    except UnicodeEncodeError:
        return delimited(_BYTES, _original_bytes(text))


def _original_bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def encode_int(number: int) -> bytes:
    """Encode an integer; beyond 64 bits as decimal text, beyond Python's limit of digits as hexadecimal."""
    if MIN_INT64 <= number <= MAX_INT64:
        return _INT + varint(number)
    try:
        return encode_text(int.__repr__(number))
    except ValueError:
        return encode_text(hex(number))


def encode_key(key: object) -> bytes:
    """Encode the key field of a KeyValue; nothing for an empty key, as protobuf leaves out empty text."""
    raw = utf8(key) if isinstance(key, str) else _encode_foreign_key(key)
    return delimited(_KEY, raw) if raw else b""


def _encode_foreign_key(key: object) -> bytes:
    try:
        return utf8(str(key))
    except Exception:  # noqa: BLE001 - a foreign class may raise anything
        return utf8(type(key).__name__)


def _encode_double(number: float) -> bytes:
    return _DOUBLE + pack_double(number)


def _encode_bytes(value: bytes) -> bytes:
    return delimited(_BYTES, value)


def _encode_bool(value: bool) -> bytes:
    return _TRUE if value else _FALSE


def _encode_array(values: Iterable[object], depth: int) -> bytes:
    body = b"".join([delimited(_ELEMENT, encode_value(value, depth)) for value in values])
    return delimited(_ARRAY, body)


def _encode_map(values: Mapping[object, object], depth: int) -> bytes:
    pairs = [
        delimited(_ELEMENT, encode_key(key) + delimited(_VALUE, encode_value(value, depth)))
        for key, value in list(values.items())
    ]
    return delimited(_MAP, b"".join(pairs))


def _encode_other(value: object, depth: int) -> bytes:
    nested = _NESTED.get(type(value))
    if nested is not None and depth < MAX_DEPTH:
        return nested(value, depth + 1)
    for classes, write in _SCALARS:
        if isinstance(value, classes):
            return write(value)
    if depth >= MAX_DEPTH:
        return encode_text(str(value))
    if isinstance(value, (Sequence, AnySet)):
        return _encode_array(value, depth + 1)
    if isinstance(value, Mapping):
        return _encode_map(value, depth + 1)
    return _encode_foreign(value)


def _encode_foreign(value: object) -> bytes:
    if isinstance(value, Enum):
        return encode_text(value.name)
    kind = type(value)
    if kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__:
        return b""  # an address in memory says nothing; the SDK's attributes do the same
    return encode_text(str(value))


_Writer = Callable[..., bytes]

# By exact class, for speed.
_WRITERS: dict[type, _Writer] = {
    str: encode_text,
    int: encode_int,
    float: _encode_double,
    bool: _encode_bool,
    bytes: _encode_bytes,
    type(None): lambda _: b"",
}
_NESTED: dict[type, _Writer] = {tuple: _encode_array, list: _encode_array, dict: _encode_map}
# Subclasses, in the order in which the SDK's encoder asks.
_SCALARS: tuple[tuple[type | tuple[type, ...], _Writer], ...] = (
    (str, lambda value: encode_text(str.__str__(value))),
    (int, lambda value: encode_int(int(value))),
    (float, _encode_double),
    ((bytes, bytearray, memoryview), lambda value: _encode_bytes(bytes(value))),
)
