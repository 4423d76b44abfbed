"""The tracer: what happens between start_span() and a span, in as few steps as Python allows.

Decision: a sampler whose rule is known (`otelkit.spans.rules`) is not called; others are, and their results
are used as the SDK uses them. Behind each tracer stands one of the SDK's, which knows of new resources and
configurations. Convention: "Span creation" of the trace SDK's specification.
"""

from collections.abc import Sequence
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context, get_current
from opentelemetry.sdk import trace as sdk
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import (
    INVALID_SPAN,
    INVALID_SPAN_CONTEXT,
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    TraceFlags,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.span import DEFAULT_TRACE_STATE
from opentelemetry.util.types import Attributes

from otelkit.self_metrics import SpanTallies
from otelkit.spans.origin import SpanOrigin
from otelkit.spans.rules import LOW_BITS, Rule
from otelkit.spans.span import CheapSpan

_MOST_TRACE_ID, _MOST_SPAN_ID = 2**128 - 1, 2**64 - 1
_FLAGS = tuple(TraceFlags(number) for number in range(4))
_SAMPLED, _RANDOM = TraceFlags.SAMPLED, TraceFlags.RANDOM_TRACE_ID
_DROP, _SAMPLE = Decision.DROP, Decision.RECORD_AND_SAMPLE
_new_object: Any = object.__new__
_new_tuple: Any = tuple.__new__  # makes a SpanContext in a third of its constructor's time
(_SPAN_KEY,) = set_span_in_context(INVALID_SPAN, Context())  # the API has no public name for it


class CheapTracer(trace.Tracer):
    """Starts cheap spans; what the SDK's tracer has beside that is asked of it."""

    def __init__(
        self, tracer: sdk.Tracer, origin: SpanOrigin, rule: Rule | None, tallies: SpanTallies | None
    ) -> None:
        self._tracer, self._origin, self._rule = tracer, origin, rule
        self._ids = tracer.id_generator
        self._count = tallies.counts if tallies else None

    def __getattr__(self, name: str) -> Any:
        return getattr(vars(self).get("_tracer"), name)  # without one while it is being copied

    def start_span(  # noqa: PLR0913, PLR0917 - the API's signature
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes = None,
        links: Sequence[Link] | None = (),
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> trace.Span:
        """Start a span; `start_time` is in nanoseconds since 1970."""
        found: Any = (get_current() if context is None else context).get(_SPAN_KEY)
        parent: Any = found._context if type(found) is CheapSpan else _find_parent(context)  # noqa: SLF001 - of our package
        if not self._tracer._is_enabled():  # noqa: SLF001 - the configurator is not public yet
            return NonRecordingSpan(parent)
        trace_id, _, is_remote, flags, state, is_valid = parent
        ids, rule, decision = self._ids, self._rule, _DROP
        if not is_valid:
            parent, is_remote, state = None, None, DEFAULT_TRACE_STATE
            trace_id = ids.generate_trace_id()
        if rule is None:
            decision, attributes, state = self._ask(context, trace_id, name, kind, attributes, links or ())
        elif flags & _SAMPLED if parent and rule.follows_parent else trace_id & LOW_BITS < rule.bound:
            decision = _SAMPLE
        is_random = flags & _RANDOM if parent else ids.is_trace_id_random()
        span_id = ids.generate_span_id()
        flags = _FLAGS[(1 if decision is _SAMPLE else 0) + (2 if is_random else 0)]
        is_valid = 0 < trace_id <= _MOST_TRACE_ID and 0 < span_id <= _MOST_SPAN_ID
        made: SpanContext = _new_tuple(SpanContext, (trace_id, span_id, False, flags, state, is_valid))
        if self._count:
            self._count[decision][is_remote]()
        if decision is _DROP:
            return NonRecordingSpan(made)
        if self._origin.resource is not self._tracer.resource:
            self._origin = self._origin.renewed(self._tracer)
        span: CheapSpan = _new_object(CheapSpan)  # without the constructors that the SDK has for it
        if not (record_exception and set_status_on_exception):
            span.heed_exceptions(record=record_exception, set_status=set_status_on_exception)
        return span.begin(self._origin, name, made, parent, kind, attributes, links, start_time, context)

    def _ask(self, context: Context | None, *asked: Any) -> tuple[Decision, Attributes, trace.TraceState]:
        result = self._tracer.sampler.should_sample(context, *asked)
        state = DEFAULT_TRACE_STATE if result.trace_state is None else result.trace_state
        return result.decision, result.attributes, state

    # For the context manager and decorator, which tracebacks that are recorded show.
    start_as_current_span: Any = sdk.Tracer.start_as_current_span


def _find_parent(context: Context | None) -> SpanContext:
    parent: Any = get_current_span(context).get_span_context()
    if parent is not None and not isinstance(parent, SpanContext):
        raise TypeError("parent_span_context must be a SpanContext or None.")
    return INVALID_SPAN_CONTEXT if parent is None else parent
