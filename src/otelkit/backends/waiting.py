"""Waits until a backend gives what is expected: telemetry arrives some time after the request it tells of."""

import time
from collections.abc import Callable
from typing import TypeVar

from otelkit.traces.fetch import BackendError

_POLL_SECONDS = 0.1
T = TypeVar("T")


class NotSeenError(BackendError, TimeoutError):
    """What was waited for did not come before the deadline."""


def wait_for(ask: Callable[[], T], until: Callable[[T], bool], timeout_seconds: float, what: str) -> T:
    """Ask until `until` holds for the answer. Raises NotSeenError with what came back last."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            found = ask()
            last = repr(found)[:1000]
            if until(found):
                return found
        except BackendError as error:
            last = str(error)
        if time.monotonic() >= deadline:
            raise NotSeenError(
                f"{what} is not as expected after {timeout_seconds:g} s. What came back last:\n{last}"
            )
        time.sleep(_POLL_SECONDS)
