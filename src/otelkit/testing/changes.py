"""Waiting for records that arrive in other threads, without a sleep: each change wakes who waits."""

from collections.abc import Callable
from threading import Condition
from typing import TypeVar

T = TypeVar("T")
_MOST_SHOWN = 20  # records in an error's text


class NotReceivedError(AssertionError):
    """What a test waited for did not arrive in time."""


def _lines(records: list[T]) -> str:
    return "\n".join(map(repr, records[:_MOST_SHOWN]))


class Changes:
    """A store whose records are guarded by `changed`, which is notified of each change."""

    def __init__(self) -> None:
        self.changed = Condition()

    def wait(
        self,
        read: Callable[[], list[T]],
        wanted: int | Callable[[list[T]], bool],
        timeout_seconds: float,
        show: Callable[[list[T]], str] = _lines,
    ) -> list[T]:
        """Return `read()` once it has `wanted` records or `wanted` holds for it.

        Raises NotReceivedError after `timeout_seconds`, showing what is there instead.
        """

        def ready() -> bool:
            return wanted(read()) if callable(wanted) else len(read()) >= wanted

        with self.changed:
            if self.changed.wait_for(ready, timeout_seconds):
                return read()
            there = read()
        goal = "as expected" if callable(wanted) else f"{wanted} records"
        raise NotReceivedError(
            f"not {goal} after {timeout_seconds:g} s; received {len(there)}:\n{show(there) or '(nothing)'}"
        )
