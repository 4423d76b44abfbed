"""One call: its span and its point in the histogram, both ended exactly once, whoever comes first.

The span's own times are the metric's duration, so that the two agree to the nanosecond. Several threads may
end a call: the one that reads its status, the one that cancels it, the garbage collector's.
"""

from threading import Lock
from time import time_ns

from grpc import StatusCode
from opentelemetry.context import Context
from opentelemetry.metrics import Histogram
from opentelemetry.semconv._incubating.attributes.rpc_attributes import (
    RPC_MESSAGE_ID,
    RPC_MESSAGE_TYPE,
    RpcMessageTypeValues,
)
from opentelemetry.trace import Span, Status
from opentelemetry.trace import StatusCode as SpanStatus

from otelkit.instrumentation.grpc_calls.routes import Outcome, Route

# The conventions have no name for these.
MESSAGES_SENT = "grpc.messages.sent"
MESSAGES_RECEIVED = "grpc.messages.received"
MESSAGE_EVENT = "rpc.message"
NANOS = 1e9


class Call:
    """A call that is under way; `sent` and `received` count its messages."""

    __slots__ = (
        "_counts_received",
        "_counts_sent",
        "_duration",
        "_ended",
        "_start_nanos",
        "context",
        "received",
        "route",
        "sent",
        "span",
    )

    def __init__(self, route: Route, span: Span, context: Context, duration: Histogram, start: int) -> None:
        self.route, self.span, self.context = route, span, context
        self._duration, self._start_nanos = duration, start
        self._ended = Lock()  # taken once, and never given back
        self._counts_sent = self._counts_received = False
        self.sent = self.received = 0

    def count(self, *, sent: bool, received: bool) -> None:
        """Say which direction streams: its messages are counted as an attribute."""
        self._counts_sent, self._counts_received = sent, received

    def count_sent(self, *, event: bool) -> None:
        """Count one message more; with `event`, which is off unless asked for, it is one on the span, too."""
        self.sent += 1
        if event:
            self._add_event(RpcMessageTypeValues.SENT, self.sent)

    def count_received(self, *, event: bool) -> None:
        """As count_sent()."""
        self.received += 1
        if event:
            self._add_event(RpcMessageTypeValues.RECEIVED, self.received)

    def _add_event(self, kind: RpcMessageTypeValues, number: int) -> None:
        self.span.add_event(MESSAGE_EVENT, {RPC_MESSAGE_TYPE: kind.value, RPC_MESSAGE_ID: number})

    def reroute(self, route: Route) -> None:
        """Take another route: the method turned out not to be there."""
        self.route = route
        self.span.update_name(route.name)
        self.span.set_attributes(route.attributes)

    def interruption(self, remaining_seconds: float | None) -> StatusCode:
        """Tell a deadline from a cancel, on a server; both reach it as the same reset of the stream.

        The caller's deadline is a little before the server's: `grpc-timeout` is rounded up by as much as 1 %.
        """
        if remaining_seconds is None:
            return StatusCode.CANCELLED
        total = remaining_seconds + (time_ns() - self._start_nanos) / NANOS
        return (
            StatusCode.DEADLINE_EXCEEDED if remaining_seconds <= 0.01 + total / 100 else StatusCode.CANCELLED
        )

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can be said of it."""
        return self._ended.locked()

    def end(
        self, status: StatusCode | str, details: str | None = None, error: BaseException | None = None
    ) -> None:
        """End span and measurement; a second call does nothing.

        Args:
            status: the call's status, or the type of the exception that came before any status.
            details: what the status says, as description of an error.
            error: recorded as event; only where it left the unit of work.
        """
        if not self._ended.acquire(blocking=False):
            return
        end_nanos = time_ns()
        outcome = self.route.outcome(status)
        if self.span.is_recording():
            self._describe(outcome, details, error)
        seconds = max(0, end_nanos - self._start_nanos) / NANOS
        self._duration.record(seconds, outcome.on_metric, self.context)
        self.span.end(end_nanos)

    def fail(self, error: BaseException) -> None:
        """End a call that came to no status, as when the channel is closed."""
        kind = type(error)
        name = (
            kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        )
        self.end(name, str(error))

    def _describe(self, outcome: Outcome, details: str | None, error: BaseException | None) -> None:
        for key, value in outcome.on_span.items():  # one or two: cheaper than as a mapping
            self.span.set_attribute(key, value)
        if self._counts_sent:
            self.span.set_attribute(MESSAGES_SENT, self.sent)
        if self._counts_received:
            self.span.set_attribute(MESSAGES_RECEIVED, self.received)
        if error is not None:
            self.span.record_exception(error)
        if outcome.is_error:
            self.span.set_status(Status(SpanStatus.ERROR, details or None))
