"""All conditions of a search together: which blocks may have spans for it, and which spans are some."""

import json
import sqlite3
from collections.abc import Iterator, Sequence

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.viewer.blocks import FILTER_BYTES, Block, Kind
from otelkit.viewer.conditions import Condition
from otelkit.viewer.span_attributes import attribute_test
from otelkit.viewer.span_columns import INTRINSICS, Demand, demand_columns
from otelkit.viewer.term_filter import may_hold, places_of

_DECODED = "SELECT s.trace, s.resource, b.body FROM spans s JOIN bodies b ON b.id = s.id WHERE "


class SpanFilter:
    """Made for one search on one connection."""

    def __init__(self, connection: sqlite3.Connection, conditions: Sequence[Condition]) -> None:
        self._connection = connection
        self._demand = Demand()
        demand_columns(connection, [each for each in conditions if each.field in INTRINSICS], self._demand)
        others = [each for each in conditions if each.field not in INTRINSICS]
        self._tests = [attribute_test(connection, each) for each in others]
        groups = [*self._demand.terms, *(test.terms() for test in self._tests)]
        size = FILTER_BYTES[Kind.SPANS]
        self._places = [[places_of(term, size) for term in group] for group in groups if group]
        self._blocks = [blocks for test in self._tests if (blocks := test.blocks(connection)) is not None]

    @property
    def impossible(self) -> bool:
        """Whether no span can fulfil all."""
        return self._demand.impossible or any(test.impossible for test in self._tests)

    def admits(self, block: Block) -> bool:
        """Whether a block may have spans that fulfil all."""
        if block.longest < self._demand.least_nanos or any(block.number not in each for each in self._blocks):
            return False
        return all(any(may_hold(block.filter, each) for each in group) for group in self._places)

    def traces_of(self, block: Block, start_nanos: int, end_nanos: int) -> set[int]:
        """Numbers of traces with spans of a block that fulfil all and overlap a time range."""
        where = "s.id BETWEEN ? AND ? AND s.start_nanos <= ? AND s.end_nanos >= ?"
        limits = [*block.ids, end_nanos, start_nanos]
        if self._tests and not block.sealed:
            return {trace for trace, *_ in self._decoded(where, limits)}
        clauses = [where, *self._demand.clauses]
        parameters = [*limits, *self._demand.parameters]
        for test in (test for test in self._tests if not test.is_of_rows):
            clause, more = test.clause(self._connection, block)
            clauses.append(clause)
            parameters += more
        if any(test.is_of_rows for test in self._tests):
            rows = self._common_rows(block)
            if not rows:
                return set()
            clauses.append("s.id IN (SELECT value FROM json_each(?))")
            parameters.append(json.dumps(sorted(rows)))
        sql = f"SELECT DISTINCT s.trace FROM spans s WHERE {' AND '.join(clauses)}"  # noqa: S608 - of constants
        return {row[0] for row in self._connection.execute(sql, parameters)}

    def _common_rows(self, block: Block) -> set[int]:
        first, *others = (test for test in self._tests if test.is_of_rows)
        rows = first.rows(self._connection, block)
        for test in others:
            rows = rows & test.rows(self._connection, block) if rows else rows
        return rows

    def spans_of(self, trace: int) -> Iterator[tuple[int, Span]]:
        """The spans of a trace that fulfil all, one after another: a trace may have a million.

        Each with the number of its resource.
        """
        return ((resource, span) for _, resource, span in self._decoded("s.trace = ?", [trace]))

    def _decoded(self, where: str, limits: list[int]) -> Iterator[tuple[int, int, Span]]:
        clauses = " AND ".join([where, *self._demand.clauses])
        sql = _DECODED + clauses
        for trace, resource, body in self._connection.execute(sql, [*limits, *self._demand.parameters]):
            span = Span.FromString(body)
            if all(test.accepts(span.attributes, resource) for test in self._tests):
                yield trace, resource, span
