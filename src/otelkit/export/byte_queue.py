"""Payloads that wait, bounded in bytes of encoded OTLP.

Bytes and not items, because an item's size is the application's choice and memory is what a
bound protects. What does not fit is refused at the door: the oldest spans of an outage tell
how it began, so they are not the ones to drop. `changed` guards every field; whoever waits
for the queue waits on it.
"""

from collections import deque
from threading import Condition
from typing import NamedTuple


class Payload(NamedTuple):
    """One encoded export request and the number of spans, points or records in it."""

    data: bytes
    items: int


class ByteQueue:
    """First in, first out; the head stays in, and counts, until `remove_head`."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.changed = Condition()
        self.waiting_bytes = 0
        self.waiting_items = 0
        self.added_payloads = 0
        self._payloads: deque[Payload] = deque()

    def add(self, payload: Payload) -> bool:
        """Append, or return False when it does not fit beside what waits."""
        with self.changed:
            if self.waiting_bytes + len(payload.data) > self.max_bytes:
                return False
            self._payloads.append(payload)
            self.waiting_bytes += len(payload.data)
            self.waiting_items += payload.items
            self.added_payloads += 1
            self.changed.notify_all()
            return True

    def head(self) -> Payload | None:
        """Look at the oldest payload; None when nothing waits."""
        with self.changed:
            return self._payloads[0] if self._payloads else None

    def remove_head(self) -> None:
        """Take the oldest payload out; it was accepted or refused."""
        with self.changed:
            gone = self._payloads.popleft()
            self.waiting_bytes -= len(gone.data)
            self.waiting_items -= gone.items
            self.changed.notify_all()

    def clear(self) -> int:
        """Drop all that waits; returns how many items that were."""
        with self.changed:
            items = self.waiting_items
            self._payloads.clear()
            self.waiting_bytes = self.waiting_items = 0
            self.changed.notify_all()
            return items
