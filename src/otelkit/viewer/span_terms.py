"""What a span can be found by, as terms of its block's filter.

A pair of key and value is the term that OTLP's bytes of it are; the same bytes lie in the span's body.
"""

import math
import sqlite3

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.viewer.blocks import BlockWriter

_LONGEST_VALUE_BYTES = 255
_VALUES_A_BLOCK = 50  # of one key; of an attribute that differs everywhere the rest is no use in a list
_ADD_VALUE = """INSERT INTO attribute_values VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET block = excluded.block"""
_ADD_RANGE = """INSERT INTO number_ranges VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET low = min(low, excluded.low), high = max(high, excluded.high)"""


def operation_term(operation: int, status: int) -> bytes:
    """Term of an operation that ended with a status."""
    return b"o%d:%d" % (operation, status)


def status_term(status: int) -> bytes:
    """Term of a status."""
    return b"s%d" % status


def resource_term(resource: int) -> bytes:
    """Term of a resource."""
    return b"r%d" % resource


def key_term(key: str) -> bytes:
    """Term of an attribute that is there with any value."""
    return b"k" + key.encode()


class SpanTerms:
    """Adds the terms of spans to the block that is being filled."""

    def __init__(self, connection: sqlite3.Connection, blocks: BlockWriter) -> None:
        self._connection = connection
        self._blocks = blocks
        self._forget()

    def add(self, span: Span, operation: int, resource: int) -> None:
        """Add all terms of one span, which has just been placed."""
        if self._number != self._blocks.number:
            self.write()
            self._forget()
        terms = self._blocks.filter
        terms.add(operation_term(operation, span.status.code))
        terms.add(status_term(span.status.code))
        terms.add(resource_term(resource))
        for pair in span.attributes:
            term = pair.SerializeToString()
            if terms.add(term):
                self._add_new(pair)

    def write(self) -> None:
        """Store values and ranges of numbers that are not stored yet."""
        ranges = ((key, self._number, *limits) for key, limits in self._ranges.items())
        self._connection.executemany(_ADD_RANGE, ranges)
        self._connection.executemany(_ADD_VALUE, self._values)
        self._ranges.clear()
        self._values.clear()

    def _forget(self) -> None:
        self._number = self._blocks.number
        self._counts: dict[str, int] = {}
        self._ranges: dict[str, tuple[float, float]] = {}
        self._values: list[tuple[str, bytes, int]] = []

    def _add_new(self, pair: KeyValue) -> None:
        key, value = pair.key, pair.value
        kind = value.WhichOneof("value")
        count = self._counts[key] = self._counts.get(key, 0) + 1
        if count == 1:
            self._blocks.filter.add(key_term(key))
        if kind in ("int_value", "double_value"):
            number = float(getattr(value, kind))
            if not math.isnan(number):
                low, high = self._ranges.get(key, (number, number))
                self._ranges[key] = (min(low, number), max(high, number))
        if count <= _VALUES_A_BLOCK and kind is not None:
            body = value.SerializeToString()
            if len(body) <= _LONGEST_VALUE_BYTES:
                self._values.append((key, body, self._number))
