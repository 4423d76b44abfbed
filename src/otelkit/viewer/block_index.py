"""The block of spans or of logs that is being filled: its times, its filter and its columns together.

Columns are written once, when the block is full. Until then its rows are looked at one by one.
"""

import sqlite3
from collections.abc import Iterable

from otelkit.viewer.blocks import BlockWriter, Kind
from otelkit.viewer.columns import ColumnWriter


class BlockIndex:
    """`place` each row, then add what it is found by; `write` before each commit, `seal` before the last."""

    def __init__(self, connection: sqlite3.Connection, kind: Kind) -> None:
        self._blocks = BlockWriter(connection, kind)
        self.columns = ColumnWriter(connection, kind)
        self._changed = False

    def place(self, start_nanos: int, end_nanos: int, size_bytes: int) -> tuple[int, int]:
        """Id for a row, and its place in its block."""
        if self._blocks.is_full:
            self.seal()
        self._changed = True
        return self._blocks.place(start_nanos, end_nanos, size_bytes)

    def add_terms(self, terms: Iterable[bytes]) -> None:
        """Let the block be found by terms."""
        for term in terms:
            self._blocks.filter.add(term)

    def write(self) -> None:
        """Store what has changed."""
        if self._changed:
            self._blocks.write()
            self._changed = False

    def seal(self) -> None:
        """Store the block with its columns, and begin the next."""
        if not self._blocks.is_empty:
            self.columns.write(self._blocks.block.number)
            self._blocks.block.sealed = 1
            self._blocks.write()
            self._blocks.next()
            self._changed = False
