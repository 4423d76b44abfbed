"""What ends the span of a `publish_async`: its future, or whoever knows that this is never told.

nats-py forgets some: a refusal never gets there (https://github.com/nats-io/nats.py/issues/985), and a future
whose connection is lost or closed stays pending for good. The span ends where the answer is lost, as
`unacknowledged`: the stream may have the message all the same.
"""

from asyncio import AbstractEventLoop, CancelledError, Future
from collections.abc import Iterable, Iterator
from typing import Any

from otelkit.instrumentation.messaging import Operation, Plan
from otelkit.instrumentation.nats.telemetry import NatsTelemetry
from otelkit.instrumentation.nats.vocabulary import DUPLICATE, SEQUENCE, STREAM

UNACKNOWLEDGED = "unacknowledged"
Begun = tuple[Operation, Plan]


def note(operation: Operation, answer: Any) -> None:
    """Put what the stream answered on the span."""
    span = operation.span
    if span.is_recording():
        span.set_attribute(STREAM, answer.stream)
        span.set_attribute(SEQUENCE, answer.seq)
        if answer.duplicate:
            span.set_attribute(DUPLICATE, True)


def fail_unanswered(stream_context: Any, answer: Any, error: Exception) -> None:
    """End the publish that `answer` refuses, and whose future is never told."""
    token = answer.subject.rpartition(".")[2]
    for one in _waiting_for(stream_context.__dict__["_publish_async_futures"].get(token)):
        one.end(error)


def lose(futures: Iterable[Any]) -> None:
    """End the publishes of futures that nothing answers any more."""
    for future in futures:
        for one in _waiting_for(future):
            one.end(None, UNACKNOWLEDGED)


def _waiting_for(future: Any) -> "Iterator[Acknowledgement]":
    for callback, _ in getattr(future, "_callbacks", None) or ():
        if isinstance(callback, Acknowledgement):
            yield callback


class Acknowledgement:
    """Ends the publish when its future is done, or when both are gone."""

    __slots__ = ("_begun", "_loop", "_telemetry")

    def __init__(self, telemetry: NatsTelemetry, loop: AbstractEventLoop, begun: Begun) -> None:
        self._telemetry, self._loop, self._begun = telemetry, loop, begun

    def __call__(self, future: "Future[Any]") -> None:
        operation, _ = self._begun
        if operation.has_ended:  # the answer of a server that was given up comes by another
            return
        error: BaseException | None = CancelledError() if future.cancelled() else None
        if error is None:
            # Not exception(): asyncio would take it for retrieved, and not tell that nobody looked at it.
            error = getattr(future, "_exception", None)
        if error is None:
            note(operation, future.result())
        self.end(error)

    def end(self, error: BaseException | None, error_type: str = "") -> None:
        """End the publish, once."""
        self._telemetry.end(*self._begun, error, error_type)

    def __del__(self) -> None:
        if self._begun[0].has_ended:
            return
        try:  # not at once: the garbage collector may come by where a lock of the SDK is held
            self._loop.call_soon_threadsafe(self._telemetry.end, *self._begun, None, UNACKNOWLEDGED)
        except RuntimeError:  # the loop is closed
            self.end(None, UNACKNOWLEDGED)
