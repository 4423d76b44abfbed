"""All conditions of a search together: which blocks may have spans for it, and which spans are some."""

import sqlite3
from collections.abc import Sequence

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.viewer.blocks import FILTER_BYTES, Block, Kind
from otelkit.viewer.conditions import Condition
from otelkit.viewer.span_attributes import demand_attribute
from otelkit.viewer.span_columns import INTRINSICS, Demand, demand_columns
from otelkit.viewer.term_filter import may_hold, places_of

_SELECT = "SELECT s.id, s.trace, s.resource, {} FROM spans s {} WHERE "


class SpanFilter:
    """Made for one search on one connection."""

    def __init__(self, connection: sqlite3.Connection, conditions: Sequence[Condition]) -> None:
        self._connection = connection
        demand = self._demand = Demand()
        demand_columns(connection, [each for each in conditions if each.field in INTRINSICS], demand)
        others = [each for each in conditions if each.field not in INTRINSICS]
        tests = [demand_attribute(connection, each, demand) for each in others]
        self._tests = [test for test in tests if test is not None]
        size = FILTER_BYTES[Kind.SPANS]
        self._places = [[places_of(term, size) for term in group] for group in demand.terms]

    @property
    def impossible(self) -> bool:
        """Whether no span can fulfil all."""
        return self._demand.impossible

    def admits(self, block: Block) -> bool:
        """Whether a block may have spans that fulfil all."""
        demand = self._demand
        if block.longest < demand.least_nanos or (
            demand.blocks is not None and block.number not in demand.blocks
        ):
            return False
        return all(any(may_hold(block.filter, each) for each in group) for group in self._places)

    def traces_of(self, block: Block, start_nanos: int, end_nanos: int) -> set[int]:
        """Numbers of traces with spans of a block that fulfil all and overlap a time range."""
        where = "s.id BETWEEN ? AND ? AND s.start_nanos <= ? AND s.end_nanos >= ?"
        return {row[1] for row in self._rows(where, [*block.ids, end_nanos, start_nanos])}

    def spans_of(self, trace: int) -> list[int]:
        """Numbers of the spans of a trace that fulfil all."""
        return [row[0] for row in self._rows("s.trace = ?", [trace])]

    def _rows(self, where: str, parameters: list[int]) -> list[sqlite3.Row]:
        demand = self._demand
        bodies = "JOIN bodies b ON b.id = s.id" if self._tests else ""
        sql = _SELECT.format("b.body" if self._tests else "NULL", bodies)
        sql += " AND ".join([where, *demand.clauses])
        rows = self._connection.execute(sql, [*parameters, *demand.parameters])
        return [row for row in rows if not self._tests or self._accepts(row[2], row[3])]

    def _accepts(self, resource: int, body: bytes) -> bool:
        pairs = Span.FromString(body).attributes
        return all(test(pairs, resource) for test in self._tests)
