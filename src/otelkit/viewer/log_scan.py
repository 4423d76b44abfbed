"""Finds log records by time: blocks that may hold some are read, those with the latest times first.

It ends when no block that is left can have a later record than those found, so that the answer
is exact although records do not arrive in the order of their times.
"""

import heapq
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from otelkit.viewer.blocks import FILTER_BYTES, Block, Kind, earliest_blocks, latest_blocks
from otelkit.viewer.log_store import resource_term
from otelkit.viewer.term_filter import may_hold, places_of

UNBOUNDED = 2**63 - 1
_FEW_RESOURCES = 64
_OF_TRACE = "SELECT * FROM logs WHERE trace_id = :trace_id AND trace_id <> x''"
_OF_BLOCK = "SELECT * FROM logs WHERE id BETWEEN :first AND :last"
_CONDITIONS = """ AND time_nanos BETWEEN :start AND :end AND severity >= :severity AND id > :after
AND (:resources IS NULL OR resource IN (SELECT value FROM json_each(:resources)))
ORDER BY time_nanos {0}, id {0} LIMIT :limit"""


@dataclass(frozen=True)
class FoundLog:
    """A row of `logs` with its message."""

    number: int
    time_nanos: int
    resource: int
    scope: int
    record: LogRecord


@dataclass(frozen=True)
class LogScan:
    """What is wanted. Of each group of `terms` a block has to have one; `accepts` decides on each record."""

    accepts: Callable[[FoundLog], bool] | None = None
    terms: Sequence[Sequence[bytes]] = ()
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
        if self.trace_id:
            found = self._accepted(connection, _OF_TRACE, {"trace_id": self.trace_id})
            return [log for log, _ in zip(found, range(self.limit), strict=False)]
        return self._of_blocks(connection)

    def _of_blocks(self, connection: sqlite3.Connection) -> list[FoundLog]:
        best: list[tuple[int, int, FoundLog]] = []
        for block in self._blocks(connection):
            if len(best) >= self.limit and self._edge(block) < best[0][0]:
                break
            first, last = block.ids
            for log in self._accepted(connection, _OF_BLOCK, {"first": first, "last": last}):
                entry = (*self._place(log), log)
                if len(best) < self.limit:
                    heapq.heappush(best, entry)
                elif entry[:2] > best[0][:2]:
                    heapq.heapreplace(best, entry)
                else:
                    break
        return [log for *_, log in sorted(best, key=lambda entry: entry[:2], reverse=True)]

    def _blocks(self, connection: sqlite3.Connection) -> Iterator[Block]:
        ordered = earliest_blocks if self.forward else latest_blocks
        size = FILTER_BYTES[Kind.LOGS]
        groups = list(self.terms)
        if self.resources is not None and len(self.resources) <= _FEW_RESOURCES:
            groups.append([resource_term(number) for number in self.resources])
        places = [[places_of(term, size) for term in group] for group in groups]
        for block in ordered(connection, Kind.LOGS, self.start_nanos, self.end_nanos, self.after):
            if all(any(may_hold(block.filter, each) for each in group) for group in places):
                yield block

    def _edge(self, block: Block) -> int:
        return -block.first_start if self.forward else block.last_start

    def _place(self, log: FoundLog) -> tuple[int, int]:
        return (-log.time_nanos, -log.number) if self.forward else (log.time_nanos, log.number)

    def _accepted(
        self, connection: sqlite3.Connection, sql: str, where: dict[str, bytes | int]
    ) -> Iterator[FoundLog]:
        parameters: dict[str, bytes | int | str | None] = {
            **where,
            "start": self.start_nanos,
            "end": self.end_nanos,
            "severity": self.least_severity,
            "after": self.after,
            "resources": None if self.resources is None else json.dumps(list(self.resources)),
            "limit": self.limit if self.accepts is None else -1,
        }
        order = _CONDITIONS.format("ASC" if self.forward else "DESC")
        for row in connection.execute(sql + order, parameters):
            record = LogRecord.FromString(row["body"])
            log = FoundLog(row["id"], row["time_nanos"], row["resource"], row["scope"], record)
            if self.accepts is None or self.accepts(log):
                yield log
