"""Waits until a backend gives what is expected: telemetry arrives some time after the request it tells of."""

import time
from collections.abc import Callable
from typing import TypeVar

from otelkit.traces.fetch import BackendError

_POLL_SECONDS = 0.1
T = TypeVar("T")


class NotSeenError(BackendError, TimeoutError):
    """What was waited for did not come before the deadline."""


def _shown(found: object) -> str:
    return repr(found)[:1000]


def wait_for(  # noqa: PLR0913, PLR0917 - what to ask for, and how to say that it did not come
    ask: Callable[[], T],
    until: Callable[[T], bool],
    timeout_seconds: float,
    what: str,
    show: Callable[[T], str] = _shown,
    error: type[NotSeenError] = NotSeenError,
) -> T:
    """Ask until `until` holds for the answer. Raises `error` with what came back last."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            found = ask()
            last = show(found)
            if until(found):
                return found
        except BackendError as failure:
            last = str(failure)
        if time.monotonic() >= deadline:
            raise error(
                f"{what} is not as expected after {timeout_seconds:g} s. What came back last:\n{last}"
            )
        time.sleep(_POLL_SECONDS)
