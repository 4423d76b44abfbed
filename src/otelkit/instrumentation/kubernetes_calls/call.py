"""One call: its span and its point in the histogram, ended once."""

from time import perf_counter

from opentelemetry.context import Context
from opentelemetry.metrics import Histogram
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.http_attributes import HTTP_RESPONSE_STATUS_CODE
from opentelemetry.trace import Span, StatusCode

Attributes = dict[str, str | int]
_FIRST_ERROR_STATUS = 400


class ApiCall:
    """A call on its way; `context` holds its span."""

    __slots__ = ("_histogram", "_measured", "_span", "_start", "context")

    def __init__(self, span: Span, context: Context, histogram: Histogram, measured: Attributes) -> None:
        self._span, self.context = span, context
        self._histogram, self._measured = histogram, measured
        self._start = perf_counter()

    def answered(self, status: int) -> None:
        """End with the status of the answer; its body may still follow."""
        outcome: Attributes = {HTTP_RESPONSE_STATUS_CODE: status}
        if status >= _FIRST_ERROR_STATUS:
            outcome[ERROR_TYPE] = str(status)
        self._end(outcome)

    def fail(self, error: BaseException) -> None:
        """End without an answer."""
        kind = type(error)
        name = kind.__qualname__
        self._end({ERROR_TYPE: name if kind.__module__ == "builtins" else f"{kind.__module__}.{name}"})

    def _end(self, outcome: Attributes) -> None:
        seconds = perf_counter() - self._start
        if self._span.is_recording():
            self._span.set_attributes(outcome)
            if ERROR_TYPE in outcome:
                self._span.set_status(StatusCode.ERROR)
        self._span.end()
        self._histogram.record(seconds, {**self._measured, **outcome}, self.context)
