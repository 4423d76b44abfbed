"""What waits for the receiver, bounded in bytes of encoded OTLP.

Bytes and not items, because an item's size is the application's choice and memory is what a
bound protects. What does not fit is refused at the door: the oldest spans of an outage tell
how it began, so they are not the ones to drop. Loose items become a payload only when the
courier asks for one. `changed` guards every field; whoever waits for the queue waits on it.
"""

import math
import time
from collections import deque
from contextlib import suppress
from threading import TIMEOUT_MAX, Condition
from typing import NamedTuple

from otelkit.export.payload import MAX_PAYLOAD_BYTES, Loose, Payload, take_payload


class Batching(NamedTuple):
    """How long a loose item may wait for others, and how many of them make a payload at most."""

    delay_seconds: float = 0.0
    most_items: int = 512


class ByteQueue:
    """First in, first out; the head stays in, and counts, until `remove_head`."""

    def __init__(self, max_bytes: int, batching: Batching) -> None:
        self.max_bytes = max_bytes
        self.batching = batching
        self.changed = Condition()
        self.waiting_bytes = 0
        self.waiting_items = 0
        self.added_items = 0
        self._payloads: deque[Payload] = deque()
        self._loose: deque[Loose] = deque()
        self._loose_bytes = 0
        self._full_bytes = min(MAX_PAYLOAD_BYTES, max_bytes // 2)
        self._ripe_at = math.inf
        self._hurried = self._is_closed = False

    def add(self, payload: Payload) -> bool:
        """Append, or return False when it does not fit beside what waits."""
        with self.changed:
            if not self._admit(len(payload.data), payload.items):
                return False
            self._payloads.append(payload)
            self.changed.notify_all()
            return True

    def add_item(self, loose: Loose) -> bool:
        """Append one loose item, or return False when it does not fit. `changed` must be held."""
        size = len(loose[1])
        if not self._admit(size, 1):
            return False
        self._loose.append(loose)
        self._loose_bytes += size
        count = len(self._loose)
        if count == 1:
            self._ripe_at = time.monotonic() + self.batching.delay_seconds
        # The courier learns when to come, or to come now.
        if count in (1, self.batching.most_items) or self._loose_bytes >= self._full_bytes:
            self.changed.notify_all()
        return True

    def hurry(self) -> None:
        """Make everything ready that is loose now."""
        with self.changed:
            self._hurried = bool(self._loose)
            self.changed.notify_all()

    def seconds_until_ready(self) -> float | None:
        """Say how long until `head` should be taken: 0 for now, None while nothing waits."""
        if self._payloads or self._hurried or self._is_full():
            return 0.0
        return min(max(0.0, self._ripe_at - time.monotonic()), TIMEOUT_MAX) if self._loose else None

    def head(self) -> Payload | None:
        """Look at the oldest payload, made of loose items if need be; None when nothing waits.

        Only the courier calls this, and without holding `changed`: joining takes its time, and whoever
        ends a span meanwhile does not wait for it. The ends of a deque need no lock.
        """
        if not self._payloads and self._loose:
            with suppress(IndexError):  # cleared meanwhile
                self._account(take_payload(self._loose, self.batching.most_items))
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
        """Drop all that waits, at the end; returns how many items that were."""
        with self.changed:
            items = self.waiting_items
            self._payloads.clear()
            self._loose.clear()
            self.waiting_bytes = self.waiting_items = self._loose_bytes = 0
            self._is_closed = True
            self.changed.notify_all()
            return items

    def _admit(self, size_bytes: int, items: int) -> bool:
        if self.waiting_bytes + size_bytes > self.max_bytes:
            return False
        self.waiting_bytes += size_bytes
        self.waiting_items += items
        self.added_items += items
        return True

    def _account(self, payload: Payload) -> None:
        with self.changed:
            if self._is_closed:
                return  # what was joined has been counted with all the rest
            self._payloads.append(payload)
            self.waiting_bytes += payload.envelope_bytes
            self._loose_bytes -= len(payload.data) - payload.envelope_bytes
            self._hurried = self._hurried and bool(self._loose)
            if payload.items == self.batching.most_items:  # else what is left is as old as what was joined
                self._ripe_at = time.monotonic() + self.batching.delay_seconds

    def _is_full(self) -> bool:
        """Whether loose items make a request, or will soon fill the queue."""
        return len(self._loose) >= self.batching.most_items or self._loose_bytes >= self._full_bytes
