"""The latest traces with a span that fulfils conditions: blocks of spans, those with the latest spans first.

It ends when no block that is left can have a span of a later trace than those found: a trace starts no later
than its spans. Where few traces have the wanted duration, these are looked into instead.
"""

import heapq
import json
import sqlite3
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from otelkit.viewer.blocks import Kind, blocks_between
from otelkit.viewer.span_filter import SpanFilter

if TYPE_CHECKING:
    from otelkit.viewer.finding import Search

_FEW_TRACES, _FEW_SPANS = 500, 5_000
_BETWEEN = "end_nanos - start_nanos BETWEEN ? AND ? AND start_nanos <= ?"
_OF_NUMBERS = f"SELECT * FROM traces WHERE {_BETWEEN} AND id IN (SELECT value FROM json_each(?))"  # noqa: S608
_BY_DURATION = f"SELECT * FROM traces WHERE {_BETWEEN} AND start_nanos <= ? AND end_nanos >= ?"  # noqa: S608
_COUNTS = f"SELECT count(*), total(span_count) FROM ({_BY_DURATION} LIMIT {_FEW_TRACES + 1})"  # noqa: S608
Found = tuple[int, int, sqlite3.Row]  # start, number


def latest_with_span(connection: sqlite3.Connection, search: "Search") -> list[sqlite3.Row]:
    """Rows of `traces`, the latest first."""
    spans = SpanFilter(connection, search.conditions)
    if spans.impossible:
        return []
    limits = (*_bounds_of(search), search.end_nanos, search.start_nanos)
    traces, length = connection.execute(_COUNTS, limits).fetchone()
    if traces <= _FEW_TRACES and length <= _FEW_SPANS:
        rows = connection.execute(_BY_DURATION + " ORDER BY start_nanos DESC", limits)
        found = (row for row in rows if any(True for _ in spans.spans_of(row["id"])))
        return list(islice(found, search.limit))
    return _latest_of_blocks(connection, search, spans)


def _latest_of_blocks(
    connection: sqlite3.Connection, search: "Search", spans: SpanFilter
) -> list[sqlite3.Row]:
    best: list[Found] = []
    for found, last_start in _candidates(connection, search, spans):
        if len(best) >= search.limit and last_start < best[0][0]:
            break
        for entry in found:
            push = heapq.heappush if len(best) < search.limit else heapq.heappushpop
            push(best, entry)
    return [row for *_, row in sorted(best, key=lambda entry: entry[:2], reverse=True)]


def _candidates(
    connection: sqlite3.Connection, search: "Search", spans: SpanFilter
) -> Iterator[tuple[list[Found], int]]:
    """Traces of a block that have not been seen, and the latest start that it can have."""
    seen: set[int] = set()
    bounds = _bounds_of(search)
    for block in blocks_between(connection, Kind.SPANS, search.start_nanos, search.end_nanos):
        if not spans.admits(block):
            continue
        yield [], block.last_start  # so that it may end before the block is read
        numbers = spans.traces_of(block, search.start_nanos, search.end_nanos) - seen
        seen |= numbers
        rows = connection.execute(_OF_NUMBERS, (*bounds, json.dumps(list(numbers))))
        yield [(row["start_nanos"], row["id"], row) for row in rows], block.last_start


def _bounds_of(search: "Search") -> tuple[int, int, int]:
    return search.shortest_nanos, search.longest_nanos, search.before_nanos
