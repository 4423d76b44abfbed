"""What the specifications make of three headers: a second reading, which shares nothing with otelkit's.

Written from the ABNF, character by character and slow, on the bytes of the wire. Where a
specification leaves the choice, it follows docs/propagation.md.
"""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_HEX = set(b"0123456789abcdef")
_LOWER = set(b"abcdefghijklmnopqrstuvwxyz0123456789")
_KEY = _LOWER | set(b"_-*/@")
_STATE_VALUE = set(range(0x20, 0x7F)) - set(b",=")
_TOKEN = set(b"!#$%&'*+-.^_`|~") | _LOWER | set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_OCTET = set(range(0x21, 0x7F)) - set(b'",;\\')
_OWS = b" \t"


class Expected(NamedTuple):
    """The server span's parent, its tracestate, and the value of the one baggage key that is recorded."""

    parent: tuple[str, str] | None
    state: str
    baggage: str | None


def expected(
    traceparents: Sequence[bytes], tracestates: Sequence[bytes], baggages: Sequence[bytes], key: str
) -> Expected:
    """Read all headers of one request."""
    parent = _parent(traceparents[0].strip(_OWS)) if len(traceparents) == 1 else None
    return Expected(parent, _state(tracestates) if parent else "", _baggage(baggages).get(key.encode()))


def _parent(header: bytes) -> tuple[str, str] | None:
    fields, rest = [], header
    for length in (2, 32, 16, 2):
        field, rest = rest[:length], rest[length:]
        if len(field) != length or not set(field) <= _HEX:
            return None
        fields.append(field.decode())
        is_last = len(fields) == 4
        if not rest.startswith(b"-") and not (is_last and not rest):
            return None
        if not is_last:
            rest = rest[1:]
    version, trace_id, parent_id, _ = fields
    if version == "ff" or set(trace_id) == {"0"} or set(parent_id) == {"0"} or (version == "00" and rest):
        return None
    return trace_id, parent_id


def _state(headers: Sequence[bytes]) -> str:
    kept: dict[bytes, bytes] = {}
    if sum(map(len, headers)) > 32 * 515:
        return ""
    for member in b",".join(headers).split(b","):
        key, equals, value = member.strip(_OWS).partition(b"=")
        if not key and not equals:
            continue
        good_key = 1 <= len(key) <= 256 and key[0] in _LOWER and set(key) <= _KEY
        good_value = 1 <= len(value) <= 256 and set(value) <= _STATE_VALUE
        if not (equals and good_key and good_value):
            return ""
        kept.setdefault(key, value)
    members = [key + b"=" + value for key, value in kept.items()]
    if len(members) > 32:
        return ""
    while len(b",".join(members)) > 8192:
        members.pop(max(index for index, member in enumerate(members) if len(member) > 128))
    return b",".join(members).decode()


def _baggage(headers: Sequence[bytes]) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    sizes: dict[bytes, int] = {}
    members = [m.strip(_OWS) for header in headers for m in header.split(b",")[:180] if m.strip(_OWS)]
    for member in members[:180]:
        head, *properties = (part.strip(_OWS) for part in member.split(b";"))
        key, equals, value = (part.strip(_OWS) for part in head.partition(b"="))
        if not (equals and key and set(key) <= _TOKEN and set(value) <= _OCTET):
            continue
        if len(member) > 8192 or not all(map(_is_property, properties)):
            continue
        size = len(key + value) + 1 + sum(len(_squeezed(part)) + 1 for part in properties)
        after = {**sizes, key: size}
        if sum(after.values()) + len(after) - 1 <= 8192 and len(after) <= 64:
            sizes, found[key] = after, unquote_to_bytes(value).decode("utf-8", "replace")
    return found


def _is_property(text: bytes) -> bool:
    key, _, value = (part.strip(_OWS) for part in text.partition(b"="))
    return bool(key) and set(key) <= _TOKEN and set(value) <= _OCTET


def _squeezed(text: bytes) -> bytes:
    return b"=".join(part.strip(_OWS) for part in text.split(b"=", 1))
