"""Streams of channels with the option SingleThreadedUnaryStream: no thread of grpc's hears of their end.

Their callbacks are called while the application reads. Where it stops to, by cancel or by dropping the call,
nobody reads any more, so the call itself has to say so.
"""

from collections.abc import Callable
from typing import Any

from grpc import _channel


class _ObservedRendezvous(_channel._SingleThreadedRendezvous):  # noqa: SLF001 - what such a channel gives
    otelkit_end: Callable[[], None]

    def cancel(self) -> bool:
        cancelled: bool = super().cancel()
        if cancelled:
            self.otelkit_end()
        return cancelled

    def __del__(self) -> None:
        super().__del__()
        self.otelkit_end()


def end_when_dropped(placed: Any, end: Callable[[], None]) -> None:
    """Call `end` also when a call of such a channel is cancelled or dropped; others need no help."""
    if type(placed) is _channel._SingleThreadedRendezvous:  # noqa: SLF001 - likewise
        observed: Any = placed
        observed.otelkit_end = end
        observed.__class__ = _ObservedRendezvous
