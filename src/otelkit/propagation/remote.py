"""What the formats beside W3C's share: reading a header, the remote span, and what goes along with its trace.

Three decisions. A header that comes twice is none, as with `traceparent`: nothing says which is true. Where
the caller left sampling to the receiver, the trace is taken: a span context has no third state, and the
Collector's tail sampling decides. Where two formats name the same span, the second adds to the first: the
longer trace id and the tracestate stay.
"""

from opentelemetry.context import Context, create_key, get_value, set_value
from opentelemetry.propagators.textmap import CarrierT, Getter
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    TraceFlags,
    TraceState,
    get_current_span,
    set_span_in_context,
)

from otelkit.propagation.tracestate import EMPTY, Level2TraceState

LOW = (1 << 64) - 1
"""Mask of the 64 bits that old tracers know of a trace id."""
_KEPT = create_key("otelkit-kept")


def read_once(carrier: CarrierT, name: str, getter: Getter[CarrierT]) -> str | None:
    """Give the value of a header that is there once and is text, without spaces around it; else None."""
    try:
        values = getter.get(carrier, name)
    except ValueError:  # contrib's ASGI getter on some bytes, opentelemetry-python-contrib#1478
        return None
    if not values or len(values) != 1 or not isinstance(values[0], str):
        return None
    return values[0].strip(" \t")


def remote_span(context: Context) -> SpanContext | None:
    """Give the remote span that another propagator has found before; None without one."""
    before = get_current_span(context).get_span_context()
    return before if before.is_valid and before.is_remote else None


def with_parent(
    context: Context,
    ids: tuple[int, int],
    sampled: bool | None,
    aside: tuple[str, str] | None = None,
    member: tuple[str, str] | None = None,
) -> Context:
    """Give `context` with the caller's span; as it is when an id is zero.

    Args:
        context: what other propagators have found before.
        ids: of the trace, 128 bits or only the lower 64, and of the span.
        sampled: the caller's decision; None leaves it to the receiver.
        aside: name and value of what else goes along with this trace, to be read by kept().
        member: key and value of a member of tracestate, which is valid.
    """
    trace_id, span_id = ids
    if not trace_id or not span_id:
        return context
    state: TraceState = EMPTY
    flags = int(TraceFlags.SAMPLED)
    before = remote_span(context)
    if before and before.span_id == span_id and before.trace_id & LOW == trace_id & LOW:
        trace_id, state = max(trace_id, before.trace_id), before.trace_state
        flags = int(before.trace_flags)
    if sampled is not None:
        flags = flags | TraceFlags.SAMPLED if sampled else flags & ~TraceFlags.SAMPLED
    if member is not None:
        if not isinstance(state, Level2TraceState):  # the SDK's own propagator has read it
            state = Level2TraceState(list(state.items()))
        state = state.update(*member)
    if aside is not None:
        context = set_value(_KEPT, {**_all_kept(context), aside[0]: (trace_id, aside[1])}, context)
    span = SpanContext(trace_id, span_id, True, TraceFlags(flags), state)
    return set_span_in_context(NonRecordingSpan(span), context)


def kept(context: Context | None, name: str, trace_id: int) -> str | None:
    """Give what was kept of this trace; None for any other."""
    known, value = _all_kept(context).get(name, (0, None))
    return value if known == trace_id else None


def _all_kept(context: Context | None) -> dict[str, tuple[int, str]]:
    found = get_value(_KEPT, context)
    return found if isinstance(found, dict) else {}
