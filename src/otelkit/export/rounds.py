"""The courier's rounds: look at the oldest payload, offer it, settle or wait, again.

The OTLP exporter specification leaves the number of retries open; here only the end of the
process ends them. A flush wakes the rounds out of their own backoff, but not out of a wait that
the receiver asked for; the stop wakes them out of both, because it is the last chance.
"""

import logging
import math
import time
from collections.abc import Callable
from contextlib import suppress
from threading import TIMEOUT_MAX

from opentelemetry.instrumentation.utils import suppress_instrumentation

from otelkit.export.backoff import Backoff
from otelkit.export.byte_queue import ByteQueue
from otelkit.export.outcome import Outcome, Retry
from otelkit.export.payload import Payload
from otelkit.export.report import Report, tell
from otelkit.export.sender import Sender

_STOPPING_DELAY_SECONDS = 0.5
_log = logging.getLogger(__name__)


class Rounds:
    """Owns the sender; `queue.changed` guards its state too."""

    def __init__(self, sender: Sender, queue: ByteQueue, report: Report) -> None:
        self.sender = sender
        self.queue = queue
        self._report = report
        self._changed = queue.changed
        self._backoff = Backoff()
        self._sending = self._held = self._stopping = self._ended = False
        self._nudges = 0
        self._seen = False, 0
        self._settled_items = 0

    def _run(self) -> None:
        with suppress_instrumentation():
            while (payload := self._next()) is not None:
                self._settle(payload, self._offer(payload, math.inf))

    def _run_here(self, deadline: float) -> None:
        """Go the rounds in the calling thread, until nothing waits or the deadline."""
        with suppress_instrumentation():
            while self.queue.head() is not None and (seconds := deadline - time.monotonic()) > 0:
                payload = self._next()
                if payload is None:
                    return
                self._settle(payload, self._offer(payload, seconds), seconds)

    def _next(self) -> Payload | None:
        with self._changed:
            while not self._ended and (self._held or (seconds := self.queue.seconds_until_ready()) != 0):
                self._changed.wait(None if self._held else seconds)
            self._sending = not self._ended
            self._seen = self._stopping, self._nudges
            if self._ended:
                return None
        return self.queue.head()

    def _offer(self, payload: Payload, most_seconds: float) -> Outcome:
        begun = time.monotonic()
        try:
            outcome = self.sender.send(payload.data, most_seconds)
        except Exception as error:  # noqa: BLE001 - a defect must not end the thread
            _log.debug("offering a payload failed", exc_info=True)
            outcome = Retry(f"{type(error).__name__}: {error}")
        with suppress(Exception):  # a broken metric view must not turn an accepted payload into a retry
            self._report.attempted(time.monotonic() - begun, outcome)
        return outcome

    def _settle(self, payload: Payload, outcome: Outcome, most_seconds: float = TIMEOUT_MAX) -> None:
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
            self._pause(outcome.after_seconds, most_seconds)
            return
        with self._changed:
            self._settled_items += payload.items
            self._changed.notify_all()

    def _pause(self, asked_seconds: float | None, most_seconds: float) -> None:
        """Wait before the next offer, unless a flush or the stop came since this one began."""
        with self._changed:
            seconds = self._backoff.next_seconds() if asked_seconds is None else asked_seconds
            if self._stopping and asked_seconds is None:
                seconds = min(seconds, _STOPPING_DELAY_SECONDS)
            self._changed.wait_for(
                lambda: self._is_woken(by_flush=asked_seconds is None) or self._ended,
                min(seconds, most_seconds),
            )

    def _is_woken(self, *, by_flush: bool) -> bool:
        stopping, nudges = self._seen
        return self._stopping != stopping or (by_flush and self._nudges != nudges)

    def _wait(self, done: Callable[[], bool], deadline: float) -> bool:
        return self._changed.wait_for(done, max(0.0, deadline - time.monotonic()))
