"""One handler call: its span, early or late, and what becomes of both when it is over."""

from datetime import datetime
from time import perf_counter, time_ns
from typing import Any

from kopf._core.actions import execution
from opentelemetry.context import Context
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Span, StatusCode, Tracer, set_span_in_context

from otelkit.instrumentation.kopf.annotations import link_to
from otelkit.instrumentation.kopf.describing import OUTCOME, Attributes, described, name_of, only_looks
from otelkit.instrumentation.kopf.instruments import Instruments
from otelkit.instrumentation.kopf.late import LateSpan


class HandlerCall:
    """A call under way; `context` is current in it."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it is made of
        self, tracer: Tracer, cause: Any, known: Attributes, retry: int, writer: str, parent: Context
    ) -> None:
        self._tracer, self._cause, self._known, self._retry = tracer, cause, known, retry
        self._writer, self._parent = writer, parent
        self._begun, self._begun_ns = perf_counter(), time_ns()
        self._late = LateSpan(self._start) if only_looks(str(known["kopf.reason"])) else None
        self.context = set_span_in_context(self._late or self._start(), parent)
        self.did_nothing = False

    def returned(self, result: Any) -> None:
        """Decide, when the handler is back and before kopf logs so, whether it did anything."""
        if self._late is not None and self._late.span is None:
            patch = getattr(
                self._cause, "patch", None
            )  # activities have none, and results that change nothing
            if not patch and (result is None or patch is None):
                self._late.give_up()
                self.did_nothing = True

    def end(
        self, outcome: execution.Outcome | None, error: BaseException | None, meters: Instruments
    ) -> None:
        """End the span and measure; `outcome` is kopf's, None when the call was cancelled by `error`."""
        failure = error if outcome is None else outcome.exception
        verdict = _verdict(outcome, failure, self.did_nothing)
        attributes = {**self._known, OUTCOME: verdict}
        if failure is not None:
            attributes[ERROR_TYPE] = _type_of(failure)
            meters.errors.add(1, attributes)
        if self._retry:
            meters.retries.add(1, self._known)
        meters.duration.record(perf_counter() - self._begun, attributes, self.context)
        span = self._span(begin=failure is not None)
        if span is None:
            return
        span.set_attribute(OUTCOME, verdict)
        if failure is not None:
            span.set_attribute(ERROR_TYPE, attributes[ERROR_TYPE])
            span.record_exception(failure)
            span.set_status(StatusCode.ERROR)
        span.end()

    def parent_of_what_follows(self) -> Context | None:
        """Give the context for what kopf does because of the call; None when it left no span."""
        span = self._span(begin=False)
        return None if span is None else set_span_in_context(span, self._parent)

    def _span(self, *, begin: bool) -> Span | None:
        if self._late is not None:
            return self._late.begin() if begin else self._late.span
        return self._early

    def _start(self) -> Span:
        attributes = described(self._cause, self._known, self._retry)
        self._early = self._tracer.start_span(
            name_of(self._known),
            self._parent,
            attributes=attributes,
            links=link_to(self._writer),
            start_time=self._begun_ns,
        )
        return self._early


def _verdict(outcome: execution.Outcome | None, failure: BaseException | None, did_nothing: bool) -> str:
    if failure is None:
        return "noop" if did_nothing else "success"
    return "retry" if outcome is None or not outcome.final else "failure"


def seconds_since(started: datetime) -> float:
    """Give the seconds since a time."""
    return max(0.0, (datetime.now(started.tzinfo) - started).total_seconds())


def _type_of(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
