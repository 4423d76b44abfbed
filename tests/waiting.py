"""Waiting without sleeping too long or forever: ask again until it holds or the deadline passes."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.05


def wait_until(
    holds: Callable[[], bool], timeout_seconds: float, explain: Callable[[], str] = lambda: ""
) -> None:
    """Return as soon as `holds()`. Raises AssertionError with `explain()` after the timeout."""
    deadline = time.monotonic() + timeout_seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not so after {timeout_seconds:g} s: {explain()}")
        time.sleep(POLL_SECONDS)
