"""Rows of spans and of logs come in blocks of at most 1,024 by their ids, each with its times and a filter.

A search looks only into blocks that may hold what it wants, those with the latest times first.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from otelkit.viewer.term_filter import TermFilter

_ROWS_BITS = 10
ROWS = 1 << _ROWS_BITS
_MOST_BYTES = 8 * 2**20
_WRITE = "INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
# The plus keeps SQLite from an index that has not the order of times.
_BETWEEN = (
    "SELECT * FROM blocks WHERE signal = ? AND first_start <= ? AND last_end >= ? AND +number >= ? ORDER BY "
)


class Kind(IntEnum):
    """What a block is made of; the value is the column `signal`."""

    SPANS = 1
    LOGS = 2


_TABLES = {Kind.SPANS: "spans", Kind.LOGS: "logs"}
FILTER_BYTES = {Kind.SPANS: 2**13, Kind.LOGS: 2**14}


@dataclass
class Block:
    """A block's times, in nanoseconds, and its filter; a sealed one has columns."""

    number: int
    first_start: int = 2**63 - 1
    last_start: int = 0
    last_end: int = 0
    longest: int = 0
    sealed: int = 0
    filter: bytes = b""

    @property
    def ids(self) -> tuple[int, int]:
        """First and last id that a row of it may have."""
        first = self.number << _ROWS_BITS
        return first, first + ROWS - 1


def blocks_between(  # noqa: PLR0913 - what to look for, and in which order
    connection: sqlite3.Connection,
    kind: Kind,
    start_nanos: int,
    end_nanos: int,
    after_id: int = 0,
    *,
    earliest_first: bool = False,
) -> Iterator[Block]:
    """Blocks with rows between two times, by default those with the latest start first."""
    order = "first_start" if earliest_first else "last_start DESC"
    limits = (kind, end_nanos, start_nanos, after_id >> _ROWS_BITS)
    for row in connection.execute(_BETWEEN + order, limits):
        yield Block(*tuple(row)[1:])


class BlockWriter:
    """Gives rows their ids and fills the block they lie in; `write` before each commit.

    It always begins a block of its own, so that nothing has to be read of one that is half full.
    """

    def __init__(self, connection: sqlite3.Connection, kind: Kind) -> None:
        self._connection = connection
        self._kind = kind
        # S608: the table's name is a constant
        last = connection.execute(f"SELECT max(id) FROM {_TABLES[kind]}").fetchone()[0]  # noqa: S608
        self._begin(1 if last is None else (last >> _ROWS_BITS) + 1)

    @property
    def is_full(self) -> bool:
        """Whether the next row needs another block."""
        return self._rows >= ROWS or self._bytes >= _MOST_BYTES

    @property
    def is_empty(self) -> bool:
        """Whether the block has no row yet."""
        return not self._rows

    def place(self, start_nanos: int, end_nanos: int, size_bytes: int) -> tuple[int, int]:
        """Id for a row, and its place in the block; its terms are to be added to `filter`."""
        block = self.block
        block.first_start = min(block.first_start, start_nanos)
        block.last_start = max(block.last_start, start_nanos)
        block.last_end = max(block.last_end, end_nanos)
        block.longest = max(block.longest, end_nanos - start_nanos)
        place = self._rows
        self._rows += 1
        self._bytes += size_bytes
        return (block.number << _ROWS_BITS) + place, place

    def write(self) -> None:
        """Store what the block's filter and times are by now."""
        block = self.block
        times = (block.first_start, block.last_start, block.last_end, block.longest)
        row = (self._kind, block.number, *times, block.sealed, self.filter.content())
        self._connection.execute(_WRITE, row)

    def next(self) -> None:
        """Begin the next block."""
        self._begin(self.block.number + 1)

    def _begin(self, number: int) -> None:
        self.block = Block(number)
        self.filter = TermFilter(bytes(FILTER_BYTES[self._kind]))
        self._rows = self._bytes = 0
