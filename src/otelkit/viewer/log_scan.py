"""Finds log records by time: blocks that may hold some are read, those with the latest times first.

It ends when no block that is left can have a later record than those found, so that the answer
is exact although records do not arrive in the order of their times.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from otelkit.viewer.blocks import FILTER_BYTES, Block, Kind, blocks_between
from otelkit.viewer.found_logs import MOST_BYTES, Best, FoundLog
from otelkit.viewer.log_labels import line_of, record_labels
from otelkit.viewer.log_origins import Scopes
from otelkit.viewer.log_store import resource_term
from otelkit.viewer.log_tests import LogTest, prepare
from otelkit.viewer.term_filter import may_hold, places_of
from otelkit.viewer.time_range import UNBOUNDED

_FEW_RESOURCES = 64
_COMMON = """SELECT * FROM logs WHERE time_nanos BETWEEN ? AND ? AND severity >= ? AND id > ?
AND (?5 IS NULL OR resource IN (SELECT value FROM json_each(?5))) AND """


@dataclass(frozen=True)
class LogScan:
    """What is wanted; None for `resources` is all of them."""

    tests: Sequence[LogTest] = ()
    resources: Sequence[int] | None = None
    trace_id: bytes = b""
    least_severity: int = 0
    start_nanos: int = 0
    end_nanos: int = UNBOUNDED
    after: int = 0
    limit: int = 200
    forward: bool = False

    def rows(self, connection: sqlite3.Connection) -> list[FoundLog]:
        """Records in order of their time: the latest first, or with `forward` the earliest."""
        if self.limit <= 0 or (self.resources is not None and not self.resources):
            return []
        return (
            _Scanning(self, connection).of_trace()
            if self.trace_id
            else _Scanning(self, connection).of_blocks()
        )


class _Scanning:
    def __init__(self, scan: LogScan, connection: sqlite3.Connection) -> None:
        self._scan = scan
        self._connection = connection
        self._scopes = Scopes(connection)
        self._tests = prepare(connection, list(scan.tests))
        resources = None if scan.resources is None else json.dumps(list(scan.resources))
        self._parameters = (scan.start_nanos, scan.end_nanos, scan.least_severity, scan.after, resources)

    def of_trace(self) -> list[FoundLog]:
        found: list[FoundLog] = []
        size = 0
        for log in self._accepted("trace_id = ? AND trace_id <> x''", [self._scan.trace_id]):
            size += log.size_bytes
            if len(found) >= self._scan.limit or (found and size > MOST_BYTES):
                break
            found.append(log)
        return found

    def of_blocks(self) -> list[FoundLog]:
        best = Best(self._scan.limit)
        for block in self._blocks():
            if best.is_full and self._edge(block) < best.last:
                break
            for log in self._of_block(block):
                if not best.add(self._place(log), log):
                    break
        return best.in_order()

    def _blocks(self) -> Iterator[Block]:
        scan, size = self._scan, FILTER_BYTES[Kind.LOGS]
        groups = [group for test in self._tests for group in test.terms()]
        if scan.resources is not None and len(scan.resources) <= _FEW_RESOURCES:
            groups.append([resource_term(number) for number in scan.resources])
        places = [[places_of(term, size) for term in group] for group in groups]
        times = scan.start_nanos, scan.end_nanos
        for block in blocks_between(
            self._connection, Kind.LOGS, *times, scan.after, earliest_first=scan.forward
        ):
            if all(any(may_hold(block.filter, each) for each in group) for group in places):
                yield block

    def _of_block(self, block: Block) -> Iterator[FoundLog]:
        clauses = ["id BETWEEN ? AND ?"]
        parameters: list[bytes | int | str] = [*block.ids]
        if self._tests and not block.sealed:
            return self._accepted(clauses[0], parameters)
        for test in self._tests:
            found = test.clause(self._connection, block)
            if found is None:
                return iter(())
            clauses.append(found[0])
            parameters += found[1]
        return self._read(" AND ".join(clauses), parameters, self._scan.limit)

    def _read(self, where: str, parameters: "Sequence[bytes | int | str]", limit: int) -> Iterator[FoundLog]:
        order = "ASC" if self._scan.forward else "DESC"
        sql = f"{_COMMON} {where} ORDER BY time_nanos {order}, id {order} LIMIT ?"
        for row in self._connection.execute(sql, (*self._parameters, *parameters, limit)):
            record = LogRecord.FromString(row["body"])
            yield FoundLog(
                row["id"], row["time_nanos"], row["resource"], row["scope"], len(row["body"]), record
            )

    def _accepted(self, where: str, parameters: "Sequence[bytes | int | str]") -> Iterator[FoundLog]:
        for log in self._read(where, parameters, limit=-1):
            labels, line = {**self._scopes[log.scope], **record_labels(log.record)}, line_of(log.record)
            if all(test.accepts(log.resource, labels, line) for test in self._tests):
                yield log

    def _edge(self, block: Block) -> int:
        return -block.first_start if self._scan.forward else block.last_start

    def _place(self, log: FoundLog) -> tuple[int, int]:
        return (-log.time_nanos, -log.number) if self._scan.forward else (log.time_nanos, log.number)
