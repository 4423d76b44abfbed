"""Log records that a search has found, as many as are wanted and as memory allows."""

import heapq
from dataclasses import dataclass

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

MOST_BYTES = 64 * 2**20


@dataclass(frozen=True)
class FoundLog:
    """A row of `logs` with its message."""

    number: int
    time_nanos: int
    resource: int
    scope: int
    size_bytes: int
    record: LogRecord


class Best:
    """The records with the highest places; a place is compared, its first part is a time."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size_bytes = 0
        self._heap: list[tuple[tuple[int, int], FoundLog]] = []

    @property
    def is_full(self) -> bool:
        """Whether only better ones than the last are taken."""
        return len(self._heap) >= self._limit

    @property
    def last(self) -> int:
        """First part of the last one's place."""
        return self._heap[0][0][0]

    def add(self, place: tuple[int, int], log: FoundLog) -> bool:
        """Take a record, if there is room or it is better than the last; says whether it was."""
        if self.is_full and place < self._heap[0][0]:
            return False
        heapq.heappush(self._heap, (place, log))
        self._size_bytes += log.size_bytes
        while len(self._heap) > self._limit or (len(self._heap) > 1 and self._size_bytes > MOST_BYTES):
            self._size_bytes -= heapq.heappop(self._heap)[1].size_bytes
            self._limit = min(self._limit, len(self._heap))
        return True

    def in_order(self) -> list[FoundLog]:
        """Those with the highest places first."""
        return [log for _, log in sorted(self._heap, key=lambda entry: entry[0], reverse=True)]
