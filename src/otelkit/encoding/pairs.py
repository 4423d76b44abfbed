"""KeyValue pairs as bytes, with what recurs encoded once.

Role: three look-ups lead from class, key and value to the bytes of a pair, without the tag, which differs by
message. Decision: by class first, because 1, 1.0 and True are equal keys. Short text and small integers are
kept, of each key up to `VALUES_A_KEY`, so that a key of many values displaces no others; at a bound all is
forgotten. No locks: a race costs an entry. Convention: `KeyValue` of opentelemetry-proto.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from otelkit.encoding.values import MAX_INT64, encode_key, encode_value
from otelkit.encoding.wire import long_varint, pack_double, varint

KEYS = 1_024  # for each class of values
VALUES = 4_096  # text values over all keys
VALUES_A_KEY = 128
LENGTHS_A_KEY = 64
LONGEST_TEXT = 256  # bytes of a text worth keeping
_SMALL_INTS = 1_024

_P = TypeVar("_P")  # the pairs of one key: by value, the bytes of a KeyValue after its tag


class _Keys(dict[str, _P], Generic[_P]):
    """From a key to the pairs of this key, made when first asked for."""

    def __init__(self, make: Callable[[bytes], _P]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: object) -> _P:
        pairs = self._make(encode_key(key))
        if type(key) is str:  # another class may equal what it is not
            if len(self) >= KEYS:
                self.clear()
            self[key] = pairs
        return pairs


class _Texts(dict[str, bytes]):
    """The pairs of one key with text values; short ones are kept."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = key + b"\x12"
        self._heads: dict[int, bytes] = {}  # what stands before short text, by its length

    def __missing__(self, text: str) -> bytes:
        try:
            raw = text.encode()
        except UnicodeEncodeError:
            return _pair(self._key, encode_value(text))
        head = self._heads.get(len(raw)) or self._make_head(len(raw))
        pair = head + raw
        if len(self) < VALUES_A_KEY and len(raw) <= LONGEST_TEXT:
            _keep(self, text, pair)
        return pair

    def _make_head(self, length: int) -> bytes:
        text_head = b"\x0a" + varint(length)
        head = _head(self._key, len(text_head) + length) + text_head
        if length <= LONGEST_TEXT and len(self._heads) < LENGTHS_A_KEY:
            self._heads[length] = head
        return head


class _Ints(dict[int, bytes]):
    """The pairs of one key with integer values; small ones are kept."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = key + b"\x12"
        self._heads_by_size = [_head(self._key, 1 + size) + b"\x18" for size in range(11)]

    def __missing__(self, number: int) -> bytes:
        if not 0 <= number <= MAX_INT64:
            return _pair(self._key, encode_value(number))
        raw = long_varint(number)
        pair = self._heads_by_size[len(raw)] + raw
        if number < _SMALL_INTS and len(self) < VALUES_A_KEY:
            self[number] = pair
        return pair


class _Doubles:
    """The pairs of one key with float values: all have one length, none is kept."""

    def __init__(self, key: bytes) -> None:
        self._head = varint(len(key) + 11) + key + b"\x12\x09\x21"

    def __getitem__(self, number: float) -> bytes:
        return self._head + pack_double(number)


class _Others:
    """The pairs of one key with values of any class, by the general encoder."""

    def __init__(self, key: bytes) -> None:
        self._key = key + b"\x12"

    def __getitem__(self, value: object) -> bytes:
        return _pair(self._key, encode_value(value))


def _bools(key: bytes) -> dict[bool, bytes]:
    return {value: _Others(key)[value] for value in (False, True)}


def _pair(key: bytes, value: bytes) -> bytes:
    return _head(key, len(value)) + value


def _head(key: bytes, length: int) -> bytes:
    length_bytes = varint(length)
    return varint(len(key) + len(length_bytes) + length) + key + length_bytes


def _keep(texts: _Texts, text: str, pair: bytes) -> None:
    if _kept[0] >= VALUES:
        _texts.clear()
        _kept[0] = 0
    _kept[0] += 1
    texts[text] = pair


class _Classes(dict[type, _Keys[Any]]):
    def __missing__(self, kind: type) -> _Keys[Any]:
        return _others


_kept = [0]  # text values kept
_texts = _Keys(_Texts)
_others = _Keys(_Others)
_ints = _Keys(_Ints)
# From the class of a value and its key to the pairs of this key.
classes = _Classes({str: _texts, int: _ints, bool: _Keys(_bools), float: _Keys(_Doubles)})


def count() -> dict[str, int]:
    """Count what is kept: `keys` (of each class of values), `texts` and `numbers`."""
    keys = sum(map(len, (*classes.values(), _others)))
    return {"keys": keys, "texts": sum(map(len, _texts.values())), "numbers": sum(map(len, _ints.values()))}


def forget() -> None:
    """Forget all that is kept; what is encoded next is kept anew."""
    for keys in (*classes.values(), _others):
        keys.clear()
    _kept[0] = 0
