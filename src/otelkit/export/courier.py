"""The thread that offers the oldest payload until it is accepted or refused for good.

One thread an exporter, begun at the first payload, idle without wakeups. The OTLP exporter
specification leaves the number of retries open; here only shutdown ends them. A flush wakes
the courier out of its own backoff, but not out of a wait that the receiver asked for;
shutdown wakes it out of both, because it is the last chance.
"""

import logging
import time
from collections.abc import Callable
from threading import Thread

from opentelemetry.instrumentation.utils import suppress_instrumentation

from otelkit.export.backoff import Backoff
from otelkit.export.byte_queue import ByteQueue, Payload
from otelkit.export.outcome import Outcome, Retry
from otelkit.export.report import Report, tell
from otelkit.export.sender import Sender

_STOPPING_DELAY_SECONDS = 0.5
_JOIN_SECONDS = 0.2
_log = logging.getLogger(__name__)


class Courier:
    """Owns the sender; `queue.changed` guards its state too."""

    def __init__(self, sender: Sender, queue: ByteQueue, report: Report) -> None:
        self.sender = sender
        self.queue = queue
        self._report = report
        self._changed = queue.changed
        self._backoff = Backoff()
        self._thread: Thread | None = None
        self._sending = self._held = self._stopping = self._ended = False
        self._nudges = 0
        self._seen = False, 0
        self._settled_payloads = 0

    def take(self, payload: Payload) -> str | None:
        """Queue a payload; returns why not (`queue_full`, `shutdown`), or None."""
        with self._changed:
            if self._stopping:
                return "shutdown"
            if not self.queue.add(payload):
                return "queue_full"
            if self._thread is None:
                thread = Thread(target=self._run, name="otelkit-courier", daemon=True)
                thread.start()
                self._thread = thread
            return None

    def flush(self, deadline: float) -> bool:
        """Wait until all that was queued before has left, or the monotonic deadline; True if it has."""
        with self._changed:
            target = self.queue.added_payloads
            self._nudges += 1
            self._changed.notify_all()
            return self._wait(lambda: self._settled_payloads >= target or self._ended, deadline)

    def stop(self, deadline: float) -> int:
        """Deliver what can be by the deadline, then end; returns how many items are left over."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            self._wait(lambda: self._settled_payloads >= self.queue.added_payloads or self._ended, deadline)
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
        """Wait until no offer is under way, cutting it off at the deadline, and let go of the connection."""
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

    def _run(self) -> None:
        with suppress_instrumentation():
            while (payload := self._next()) is not None:
                outcome = self._offer(payload)
                self._settle(payload, outcome)

    def _next(self) -> Payload | None:
        with self._changed:
            self._changed.wait_for(lambda: self._ended or (not self._held and self.queue.head() is not None))
            self._sending = not self._ended
            self._seen = self._stopping, self._nudges
            return None if self._ended else self.queue.head()

    def _offer(self, payload: Payload) -> Outcome:
        try:
            return self.sender.send(payload.data)
        except Exception as error:  # noqa: BLE001 - a defect must not end the thread
            _log.debug("offering a payload failed", exc_info=True)
            return Retry(f"{type(error).__name__}: {error}")

    def _settle(self, payload: Payload, outcome: Outcome) -> None:
        with self._changed:
            self._sending = False
            self._changed.notify_all()
            if self._ended:
                return  # whoever stopped us has counted it
            if not isinstance(outcome, Retry):
                self.queue.remove_head()
                self._backoff.reset()
        # Told without the lock, since reports log, and a log handler may wait for us elsewhere.
        tell(self._report, outcome, payload.items, self.queue.waiting_items)
        if isinstance(outcome, Retry):
            self._pause(outcome.after_seconds)
            return
        with self._changed:
            self._settled_payloads += 1
            self._changed.notify_all()

    def _pause(self, asked_seconds: float | None) -> None:
        """Wait before the next offer, unless a flush or the stop came since this one began."""
        with self._changed:
            seconds = self._backoff.next_seconds() if asked_seconds is None else asked_seconds
            if self._stopping and asked_seconds is None:
                seconds = min(seconds, _STOPPING_DELAY_SECONDS)
            self._changed.wait_for(
                lambda: self._is_woken(by_flush=asked_seconds is None) or self._ended, seconds
            )

    def _is_woken(self, *, by_flush: bool) -> bool:
        stopping, nudges = self._seen
        return self._stopping != stopping or (by_flush and self._nudges != nudges)

    def _wait(self, done: Callable[[], bool], deadline: float) -> bool:
        return self._changed.wait_for(done, max(0.0, deadline - time.monotonic()))
