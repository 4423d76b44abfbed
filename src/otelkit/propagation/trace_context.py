"""Propagator of W3C Trace Context Level 2 (https://www.w3.org/TR/trace-context-2/).

One decision: several `traceparent` headers are none, as in W3C's test suite, because nothing says which of
them is true. A malformed `tracestate` is dropped and its `traceparent` kept. Nothing raises, whatever the
carrier holds, and nothing is logged: what callers send is theirs, and may be hostile or private.
"""

from opentelemetry.context import Context
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    TraceState,
    get_current_span,
    set_span_in_context,
)

from otelkit.propagation.traceparent import format_traceparent, parse_traceparent
from otelkit.propagation.tracestate import EMPTY, Level2TraceState

TRACEPARENT, TRACESTATE = "traceparent", "tracestate"


class TraceContextPropagator(TextMapPropagator):
    """Reads and writes `traceparent` and `tracestate`."""

    def extract(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,
    ) -> Context:
        """Give `context` (a new one by default) with the caller's span, or as it is without a valid one."""
        if context is None:
            context = Context()
        try:
            headers = getter.get(carrier, TRACEPARENT)
        except ValueError:  # contrib's ASGI getter on some bytes, opentelemetry-python-contrib#1478
            return context
        if not headers or len(headers) != 1 or not isinstance(headers[0], str):
            return context
        parsed = parse_traceparent(headers[0])
        if parsed is None:
            return context
        trace_id, parent_id, flags = parsed
        state = _trace_state(carrier, getter)
        remote = SpanContext(trace_id, parent_id, is_remote=True, trace_flags=flags, trace_state=state)
        return set_span_in_context(NonRecordingSpan(remote), context)

    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        """Write the span of `context` (by default the current one); nothing without a valid span."""
        span_context = get_current_span(context).get_span_context()
        if not span_context.is_valid:
            return
        setter.set(carrier, TRACEPARENT, format_traceparent(span_context))
        if span_context.trace_state:
            setter.set(carrier, TRACESTATE, span_context.trace_state.to_header())

    @property
    def fields(self) -> set[str]:
        """Names of the headers that inject() writes."""
        return {TRACEPARENT, TRACESTATE}


def _trace_state(carrier: CarrierT, getter: Getter[CarrierT]) -> TraceState:
    try:
        headers = getter.get(carrier, TRACESTATE)
    except ValueError:  # as above
        return EMPTY
    if not headers or not all(isinstance(header, str) for header in headers):
        return EMPTY
    return Level2TraceState.from_header(headers)
