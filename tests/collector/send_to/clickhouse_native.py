"""ClickHouse's `Native` format: a block of columns, read for the types of the exporter's tables, and written.

Source: https://clickhouse.com/docs/native-protocol/basics, and the driver's lib/column for the state prefix
of LowCardinality, which comes before all values of a column, however deep it is nested.
"""

import struct
from collections.abc import Sequence
from typing import Any

NUMBERS = {
    "DateTime64": "q",
    "Bool": "?",
    "UInt8": "B",
    "UInt32": "I",
    "UInt64": "Q",
    "Int32": "i",
    "Int64": "q",
    "Float64": "d",
}
_CUSTOM_SERIALIZATION = 54454


def read_block(data: bytes) -> list[dict[str, Any]]:
    """Give the rows of one block without block info, as inserts over HTTP have them."""
    reader = _Reader(data)
    columns, rows = reader.varint(), reader.varint()
    table = {}
    for _ in range(columns):
        name, kind = reader.text(), reader.text()
        reader.prefix(kind)
        table[name] = reader.values(kind, rows)
    assert reader.at == len(data), f"{len(data) - reader.at} bytes are left over"
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


def write_block(revision: int, columns: Sequence[tuple[str, str, Sequence[Any]]]) -> bytes:
    """Write name, type (String or a number) and values of each column, as answers over HTTP have them."""
    info = b"\x01\x00\x02\xff\xff\xff\xff\x00"
    out = [info, _varint(len(columns)), _varint(len(columns[0][2]))]
    for name, kind, values in columns:
        out += [_text(name), _text(kind), b"\x00" if revision >= _CUSTOM_SERIALIZATION else b""]
        out += [_text(one) if kind == "String" else struct.pack(f"<{NUMBERS[kind]}", one) for one in values]
    return b"".join(out)


def inner_types(kind: str) -> list[str]:
    """Give the types in brackets: `Map(LowCardinality(String), String)` has two."""
    found, depth = [""], 0
    for letter in kind.partition("(")[2][:-1]:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [one.strip() for one in found]


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        assert self.at + size <= len(self.data), "the block ends too early"
        self.at += size
        return self.data[self.at - size : self.at]

    def numbers(self, code: str, count: int) -> list[Any]:
        size = struct.calcsize(code)
        return list(struct.unpack(f"<{count}{code}", self.take(size * count)))

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def text(self) -> str:
        return self.take(self.varint()).decode()

    def prefix(self, kind: str) -> None:
        if kind.startswith("LowCardinality"):
            assert self.numbers("Q", 1) == [1]
        elif kind.startswith(("Array", "Map")):
            for inner in inner_types(kind):
                self.prefix(inner)

    def values(self, kind: str, count: int) -> list[Any]:
        outer = kind.partition("(")[0]
        if outer == "String":
            return [self.text() for _ in range(count)]
        if outer == "LowCardinality":
            return self._from_dictionary(inner_types(kind)[0], count)
        if outer in ("Array", "Map"):
            ends = self.numbers("Q", count)
            parts = [self.values(inner, ends[-1] if ends else 0) for inner in inner_types(kind)]
            items = parts[0] if outer == "Array" else list(zip(*parts, strict=True))
            slices = [items[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
            return slices if outer == "Array" else [dict(one) for one in slices]
        return self.numbers(NUMBERS[outer], count)

    def _from_dictionary(self, kind: str, count: int) -> list[Any]:
        if count == 0:
            return []
        flags, size = self.numbers("Q", 2)
        dictionary = self.values(kind, size)
        assert self.numbers("Q", 1) == [count]
        return [dictionary[index] for index in self.numbers("BHIQ"[flags & 0xFF], count)]


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _text(value: str) -> bytes:
    return _varint(len(value.encode())) + value.encode()
