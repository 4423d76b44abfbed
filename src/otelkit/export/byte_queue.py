"""What waits for the receiver, bounded in bytes of encoded OTLP.

Bytes and not items, because an item's size is the application's choice and memory is what a
bound protects. What does not fit is refused at the door: the oldest spans of an outage tell
how it began, so they are not the ones to drop. Loose items become a payload only when the
courier asks for one. `changed` guards every field; whoever waits for the queue waits on it.
"""

import math
import time
from collections import deque
from threading import Condition
from typing import NamedTuple

from otelkit.encoding.address import Address
from otelkit.export.payload import Loose, Payload, take_payload


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
        self._ripe_at = math.inf
        self._hurried = False

    def add(self, payload: Payload) -> bool:
        """Append, or return False when it does not fit beside what waits."""
        with self.changed:
            if not self._admit(len(payload.data), payload.items):
                return False
            self._payloads.append(payload)
            self.changed.notify_all()
            return True

    def add_item(self, address: Address, item: bytes) -> bool:
        """Append one loose item, or return False when it does not fit. `changed` must be held."""
        if not self._admit(len(item), 1):
            return False
        self._loose.append((address, item))
        count = len(self._loose)
        if count == 1:
            self._ripe_at = time.monotonic() + self.batching.delay_seconds
        if count in (
            1,
            self.batching.most_items,
        ):  # the courier learns when to come, or to come now
            self.changed.notify_all()
        return True

    def hurry(self) -> None:
        """Make everything ready that is loose now."""
        with self.changed:
            self._hurried = bool(self._loose)
            self.changed.notify_all()

    def seconds_until_ready(self) -> float | None:
        """Say how long until `head` should be taken: 0 for now, None while nothing waits."""
        if self._payloads or self._hurried or len(self._loose) >= self.batching.most_items:
            return 0.0
        return max(0.0, self._ripe_at - time.monotonic()) if self._loose else None

    def head(self) -> Payload | None:
        """Look at the oldest payload, made of loose items if need be; None when nothing waits."""
        with self.changed:
            if not self._payloads and self._loose:
                self._payloads.append(self._join_loose())
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
            self._loose.clear()
            self.waiting_bytes = self.waiting_items = 0
            self.changed.notify_all()
            return items

    def _admit(self, size_bytes: int, items: int) -> bool:
        if self.waiting_bytes + size_bytes > self.max_bytes:
            return False
        self.waiting_bytes += size_bytes
        self.waiting_items += items
        self.added_items += items
        return True

    def _join_loose(self) -> Payload:
        payload = take_payload(self._loose, self.batching.most_items)
        self.waiting_bytes += payload.envelope_bytes
        self._hurried = self._hurried and bool(self._loose)
        self._ripe_at = time.monotonic() + self.batching.delay_seconds
        return payload
