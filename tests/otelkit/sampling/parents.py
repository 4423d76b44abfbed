"""Parents as a propagator leaves them in the context, and numbers with which tests count."""

from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, TraceState, set_span_in_context

from otelkit.propagation import Level2TraceState

LOW, HIGH = 2**120, 2**120 + 2**56 - 1  # trace ids with the least and the most randomness


def remote(trace_id: int, *, sampled: bool, state: str = "", is_remote: bool = True) -> Context:
    """A context whose span came in with this tracestate."""
    tracestate: TraceState = Level2TraceState.from_header([state] if state else [])
    parent = SpanContext(trace_id, 7, is_remote, TraceFlags(sampled), tracestate)
    return set_span_in_context(NonRecordingSpan(parent), Context())


class Clock:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now
