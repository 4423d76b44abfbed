"""The thread that brings payloads to the receiver, and the door to it.

One daemon thread an exporter, begun at the first payload and idle without wakeups. From Python
3.12 on no thread begins once the interpreter ends, which is when a short program's first
batch comes; then `stop` delivers in the thread that called it.
"""

import time
from contextlib import suppress
from threading import Thread

from otelkit.export.byte_queue import ByteQueue
from otelkit.export.payload import Loose, Payload
from otelkit.export.report import Report
from otelkit.export.rounds import Rounds
from otelkit.export.sender import Sender

_JOIN_SECONDS = 0.2


class Courier(Rounds):
    """Takes payloads from any thread; delivers them in its own."""

    def __init__(self, sender: Sender, queue: ByteQueue, report: Report) -> None:
        super().__init__(sender, queue, report)
        self._thread: Thread | None = None

    def take(self, payload: Payload) -> str | None:
        """Queue a payload; returns why not (`queue_full`, `shutdown`), or None."""
        with self._changed:
            if self._stopping:
                return "shutdown"
            if not self.queue.add(payload):
                return "queue_full"
            if self._thread is None:
                self._begin_thread()
            return None

    def take_item(self, loose: Loose) -> str | None:
        """Queue one encoded item, as `take` does."""
        with self._changed:
            if self._stopping:
                return "shutdown"
            if not self.queue.add_item(loose):
                return "queue_full"
            if self._thread is None:
                self._begin_thread()
            return None

    def _begin_thread(self) -> None:
        with suppress(RuntimeError):  # the interpreter ends: `stop` comes next
            thread = Thread(target=self._run, name="otelkit-courier", daemon=True)
            thread.start()
            self._thread = thread

    def flush(self, deadline: float) -> bool:
        """Wait until all that was queued before has left, or the monotonic deadline; True if it has."""
        with self._changed:
            target = self.queue.added_items
            self._nudges += 1
            self.queue.hurry()
            self._changed.notify_all()
            self._wait(lambda: self._settled_items >= target or self._ended, deadline)
            return self._settled_items >= target

    def stop(self, deadline: float) -> int:
        """Deliver what can be by the deadline, then end; returns how many items are left over."""
        with self._changed:
            self._stopping = True
            self.queue.hurry()
        if self._thread is None:
            self._run_here(deadline)
        with self._changed:
            self._wait(lambda: self._settled_items >= self.queue.added_items or self._ended, deadline)
            self._ended = True
            left = self.queue.clear()
            self._changed.notify_all()
        if left:
            self.sender.cancel()
        if self._thread is not None:
            self._thread.join(_JOIN_SECONDS)  # else it waits in connect(), and ends as a daemon
            if not self._thread.is_alive():
                self.sender.close()
        return left

    def hold(self) -> None:
        """Begin no further offer until `release`; for a fork."""
        with self._changed:
            self._held = True

    def rest(self, deadline: float) -> None:
        """End the offer under way, at the deadline by force, and the connection."""
        with self._changed:
            resting = self._wait(lambda: not self._sending, deadline)
        self.sender.cancel()
        if not resting:
            with self._changed:
                self._wait(lambda: not self._sending, time.monotonic() + _JOIN_SECONDS)

    def release(self) -> None:
        """Go on after `hold`."""
        with self._changed:
            self._held = False
            self._changed.notify_all()
