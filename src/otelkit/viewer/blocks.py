"""Rows of spans and of logs come in blocks of 1,024 by their ids, each with its times and a filter.

A search looks only into blocks that may hold what it wants, those with the latest times first.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from otelkit.viewer.term_filter import TermFilter

_ROWS_BITS = 10
ROWS = 1 << _ROWS_BITS
_WRITE = "INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?)"
_READ = "SELECT * FROM blocks WHERE signal = ? AND number = ?"
_BETWEEN = (
    "SELECT * FROM blocks WHERE signal = ? AND first_start <= ? AND last_end >= ? AND number >= ? ORDER BY "
)


class Kind(IntEnum):
    """What a block is made of; the value is the column `signal`."""

    SPANS = 1
    LOGS = 2


_TABLES = {Kind.SPANS: "spans", Kind.LOGS: "logs"}
FILTER_BYTES = {Kind.SPANS: 2**13, Kind.LOGS: 2**14}


@dataclass(frozen=True)
class Block:
    """A block as searches see it; times are nanoseconds."""

    number: int
    first_start: int
    last_start: int
    last_end: int
    longest: int
    filter: bytes

    @property
    def ids(self) -> tuple[int, int]:
        """First and last id that a row of it may have."""
        first = self.number << _ROWS_BITS
        return first, first + ROWS - 1


def latest_blocks(
    connection: sqlite3.Connection, kind: Kind, start_nanos: int, end_nanos: int, after_id: int = 0
) -> Iterator[Block]:
    """Blocks with rows between two times, those with the latest start first."""
    limits = (kind, end_nanos, start_nanos, after_id >> _ROWS_BITS)
    for row in connection.execute(_BETWEEN + "last_start DESC", limits):
        yield Block(*tuple(row)[1:])


def earliest_blocks(
    connection: sqlite3.Connection, kind: Kind, start_nanos: int, end_nanos: int, after_id: int = 0
) -> Iterator[Block]:
    """Blocks with rows between two times, those with the earliest start first."""
    limits = (kind, end_nanos, start_nanos, after_id >> _ROWS_BITS)
    for row in connection.execute(_BETWEEN + "first_start", limits):
        yield Block(*tuple(row)[1:])


@dataclass
class _Times:
    first_start: int = 2**63 - 1
    last_start: int = 0
    last_end: int = 0
    longest: int = 0


class BlockWriter:
    """Gives rows their ids and fills the block they lie in; `write` before each commit."""

    def __init__(self, connection: sqlite3.Connection, kind: Kind) -> None:
        self._connection = connection
        self._kind = kind
        # S608: the table's name is a constant
        last = connection.execute(f"SELECT max(id) FROM {_TABLES[kind]}").fetchone()[0]  # noqa: S608
        self._last_id: int = last or 0
        self._open()

    @property
    def number(self) -> int:
        """Number of the block that is being filled."""
        return self._last_id >> _ROWS_BITS

    def place(self, start_nanos: int, end_nanos: int) -> int:
        """Id for the next row, whose terms are to be added to `filter` then."""
        if (self._last_id + 1) >> _ROWS_BITS != self.number:
            self.write()
            self._last_id += 1
            self._open()
        else:
            self._last_id += 1
        times = self._times
        times.first_start = min(times.first_start, start_nanos)
        times.last_start = max(times.last_start, start_nanos)
        times.last_end = max(times.last_end, end_nanos)
        times.longest = max(times.longest, end_nanos - start_nanos)
        return self._last_id

    def write(self) -> None:
        """Store what the block's filter and times are by now."""
        times = (self._times.first_start, self._times.last_start, self._times.last_end, self._times.longest)
        self._connection.execute(_WRITE, (self._kind, self.number, *times, self.filter.content()))

    def _open(self) -> None:
        found = self._connection.execute(_READ, (self._kind, self.number)).fetchone()
        self._times = _Times(*found[2:6]) if found else _Times()
        self.filter = TermFilter(found[6] if found else bytes(FILTER_BYTES[self._kind]))
