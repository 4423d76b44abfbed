"""One operation: its span and its point, ended exactly once, whoever comes first.

The span's own times are the metric's duration, so that the two agree to the nanosecond.
"""

from time import time_ns
from typing import Any

from opentelemetry.context import Context
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.exception_attributes import EXCEPTION_TYPE
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from otelkit.instrumentation.gathered import Gathered
from otelkit.instrumentation.messaging.plans import Plan

NANOS = 1e9


class Operation:
    """An operation that is under way; `context` is what is current, or is injected, during it."""

    __slots__ = ("_duration", "_noted", "_plan", "_start_nanos", "context", "has_ended", "is_taken", "span")

    def __init__(
        self, plan: Plan, span: Span, context: Context, duration: Gathered, start_nanos: int
    ) -> None:
        self._plan, self.span, self.context = plan, span, context
        self._duration, self._start_nanos = duration, start_nanos
        self._noted: tuple[BaseException | None, str] | None = None
        self.has_ended = False
        self.is_taken = False  # by a block that ends it, which may be later than the loop's turn

    def note(self, error: BaseException | None, error_type: str = "") -> None:
        """Remember what goes wrong before the end, which may not see it; the first error counts."""
        if self._noted is None:
            self._noted = error, error_type

    def end(self, error: BaseException | None = None, error_type: str = "") -> None:
        """End span and measurement; a second call does nothing.

        Args:
            error: what the operation failed with; an event where it leaves the processing of a message.
            error_type: `error.type` in place of the exception's name; alone it is an error without exception.
        """
        if self.has_ended:
            return
        self.has_ended = True
        if self._noted is not None:
            error, error_type = self._noted
        end_nanos = time_ns()
        attributes: dict[str, Any] = self._plan.metric
        try:
            if error is not None or error_type:
                attributes = {**attributes, ERROR_TYPE: error_type or name_of(error)}
                self._mark(error, attributes[ERROR_TYPE])
        finally:
            self._duration.record(max(0, end_nanos - self._start_nanos) / NANOS, attributes, self.context)
            self.span.end(end_nanos)

    def _mark(self, error: BaseException | None, error_type: str) -> None:
        if not self.span.is_recording():
            return
        self.span.set_attribute(ERROR_TYPE, error_type)
        text = _text_of(error)
        if error is not None and self._plan.kind is SpanKind.CONSUMER:
            if text is None:
                self.span.add_event("exception", {EXCEPTION_TYPE: name_of(error)})
            else:
                self.span.record_exception(error)
        self.span.set_status(Status(StatusCode.ERROR, text or None))


def name_of(error: BaseException | None) -> str:
    """Give the `error.type` of an exception: its full name, without `builtins`."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _text_of(error: BaseException | None) -> str | None:
    """Give what an exception says; None where that raises, which must not replace it for the application."""
    try:
        return "" if error is None else str(error)
    except Exception:  # noqa: BLE001 - whatever its `__str__` raises
        return None
