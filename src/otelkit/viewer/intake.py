"""Answers the receiver: accepted once written, else "try again".

A full disk is said once a minute, not once a request.
"""

import logging
import sqlite3
import threading
import time
from concurrent.futures import CancelledError, Future

from otelkit.receiver import Accepted, TryAgain, Verdict
from otelkit.signals import ExportRequest, Signal
from otelkit.viewer.writer import Writer

_WAIT_SECONDS = 8.0  # exporters give a request 10 s
_RETRY_AFTER_SECONDS = 5.0
_QUIET_SECONDS = 60.0
_log = logging.getLogger(__name__)


class Intake:
    """The receiver's callback."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._lock = threading.Lock()
        self._quiet_until = 0.0

    def __call__(self, _signal: Signal, request: ExportRequest) -> Verdict:
        """Write the request and say what became of it."""
        future = self._writer.write(request)
        try:
            rejected = future.result(_WAIT_SECONDS)
        except sqlite3.Error as error:
            self._warn(f"the database does not take what arrives, senders keep it and try again: {error}")
            return TryAgain(_RETRY_AFTER_SECONDS)
        except TimeoutError:
            return self._late(future)
        except CancelledError:
            return TryAgain(_RETRY_AFTER_SECONDS)
        return _accepted(rejected)

    def _late(self, future: "Future[int]") -> Verdict:
        # What is being written already may still be committed: then it comes twice. Of spans one stays.
        future.cancel()
        self._warn(f"the database is slow: a request was not written within {_WAIT_SECONDS:.0f} s")
        return TryAgain(_RETRY_AFTER_SECONDS)

    def _warn(self, message: str) -> None:
        with self._lock:
            now = time.monotonic()
            if now < self._quiet_until:
                return
            self._quiet_until = now + _QUIET_SECONDS
        _log.error(message)


def _accepted(rejected: int) -> Accepted:
    if not rejected:
        return Accepted()
    return Accepted(rejected, "a trace id needs 16 bytes, a span id 8, and neither may be all zero")
