"""Attributes of a block column by column: each key's values, and the rows that have them.

So a search reads only the keys it asks for, and tries each value once, not once a row.
"""

import json
import math
import sqlite3
from collections.abc import Callable

from otelkit.traces.attributes import AttributeValue
from otelkit.viewer.blocks import Block, Kind

Scalar = None | str | bool | int | float | list[str]
Column = tuple[list[Scalar], list[list[int]]]  # values, and the rows of each
LONGEST_VALUE = 2_048  # characters; longer values are stored, but not found: as with Tempo
_MOST_KEYS = 2_000  # of one block
_WRITE = "INSERT OR REPLACE INTO columns VALUES (?, ?, ?, ?, ?, ?)"
_READ = "SELECT body FROM columns WHERE signal = ? AND key = ? AND block = ?"


class ColumnWriter:
    """Columns of the block that is being filled. A term stands for one value of one key."""

    def __init__(self, connection: sqlite3.Connection, kind: Kind) -> None:
        self._connection = connection
        self._kind = kind
        self._columns: dict[str, Column] = {}
        self._rows: dict[bytes, list[int]] = {}

    def add(self, term: bytes, row: int) -> bool:
        """Say that a row has a value that is known in this block; false if it is not known."""
        rows = self._rows.get(term)
        if rows is None:
            return False
        rows.append(row)
        return True

    def begin(self, term: bytes, key: str, value: AttributeValue, row: int) -> None:
        """Say that a row has a value that is new in this block."""
        if key not in self._columns and len(self._columns) >= _MOST_KEYS:
            return
        scalar = _scalar(value)
        if isinstance(scalar, str) and len(scalar) > LONGEST_VALUE:
            return
        values, rows = self._columns.setdefault(key, ([], []))
        self._rows[term] = [row]
        values.append(scalar)
        rows.append(self._rows[term])

    def write(self, block: int) -> None:
        """Store all columns, and begin another block."""
        rows = [(self._kind, key, block, *_stored(column)) for key, column in self._columns.items()]
        self._connection.executemany(_WRITE, rows)
        self._columns.clear()
        self._rows.clear()


def _stored(column: Column) -> tuple[float | None, float | None, str]:
    """Smallest and largest number, and JSON of the column: rows as texts, for few will be looked at."""
    values, rows = column
    numbers = [float(value) for value in values if isinstance(value, int | float) and not math.isnan(value)]
    texts = [",".join(map(str, each)) for each in rows]
    body = json.dumps([values, texts], ensure_ascii=False, separators=(",", ":"))
    return min(numbers, default=None), max(numbers, default=None), body


def rows_where(
    connection: sqlite3.Connection,
    column: tuple[Kind, str, Block],
    accepts: Callable[[Scalar], bool],
    fragment: str = "",
) -> set[int]:
    """Ids of the rows of a block that have a value of the key which is accepted.

    `fragment` is what JSON of such a value has somewhere, in lower case: without it nothing is decoded.
    """
    kind, key, block = column
    found = connection.execute(_READ, (kind, key, block.number)).fetchone()
    if found is None or (fragment and fragment not in found[0].lower()):
        return set()
    first, _ = block.ids
    values, rows = json.loads(found[0])
    accepted = [each for value, each in zip(values, rows, strict=True) if accepts(value)]
    return {first + int(row) for each in accepted for row in each.split(",")}


def fragment_of(text: str) -> str:
    """What JSON of a text that contains this one has, in lower case."""
    return json.dumps(text, ensure_ascii=False)[1:-1].lower()


def _scalar(value: AttributeValue) -> Scalar:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return [str(value)[:LONGEST_VALUE]]
