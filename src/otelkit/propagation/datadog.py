"""Propagator of Datadog's own headers, `x-datadog-...`, for tracers that know no W3C Trace Context.

Ids are decimal and of 64 bits; the upper half of a trace id is the tag `_dd.p.tid`. Priority, origin and
tags are kept in tracestate under `dd`, as Datadog's tracers do, so that they survive hops of either kind,
this process among them (https://docs.datadoghq.com/tracing/trace_collection/trace_context_propagation/).
Where a priority and the sampled flag disagree, the flag is right: it was decided later.
"""

import re

from opentelemetry.context import Context
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)
from opentelemetry.trace import get_current_span

from otelkit.propagation.datadog_tags import (
    DECISION_MAKER,
    UPPER_ID,
    Beside,
    read_member,
    read_origin,
    read_priority,
    read_tags,
    write_member,
    write_tags,
)
from otelkit.propagation.remote import LOW, read_once, with_parent

TRACE_ID, PARENT_ID = "x-datadog-trace-id", "x-datadog-parent-id"
PRIORITY, ORIGIN, TAGS = "x-datadog-sampling-priority", "x-datadog-origin", "x-datadog-tags"
MEMBER = "dd"
_DECIMAL = re.compile("[0-9]{1,20}")
_UPPER = re.compile("[0-9a-f]{16}")


class DatadogPropagator(TextMapPropagator):
    """Reads and writes Datadog's headers."""

    def extract(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,
    ) -> Context:
        """Give `context` (a new one by default) with the caller's span, or as it is without a valid one."""
        if context is None:
            context = Context()
        lower = _read_id(read_once(carrier, TRACE_ID, getter))
        parent_id = _read_id(read_once(carrier, PARENT_ID, getter)) if lower else 0
        if not lower or not parent_id:
            return context
        tags = read_tags(read_once(carrier, TAGS, getter))
        upper = tags.pop(UPPER_ID, "")
        trace_id = (int(upper, 16) << 64 if _UPPER.fullmatch(upper) else 0) | lower
        priority = read_priority(read_once(carrier, PRIORITY, getter))
        origin = read_origin(read_once(carrier, ORIGIN, getter))
        sampled = None if priority is None else priority > 0
        member = write_member(Beside(priority, origin, tuple(tags.items())))
        state = (MEMBER, member) if member else None
        return with_parent(context, (trace_id, parent_id), sampled, member=state)

    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        """Write the span of `context` (by default the current one); nothing without a valid span."""
        span = get_current_span(context).get_span_context()
        if not span.is_valid:
            return
        beside = _agreed(read_member(span.trace_state.get(MEMBER)), span.trace_flags.sampled)
        setter.set(carrier, TRACE_ID, str(span.trace_id & LOW))
        setter.set(carrier, PARENT_ID, str(span.span_id))
        setter.set(carrier, PRIORITY, str(beside.priority))
        if beside.origin:
            setter.set(carrier, ORIGIN, beside.origin)
        if tags := write_tags(span.trace_id >> 64, beside.tags):
            setter.set(carrier, TAGS, tags)

    @property
    def fields(self) -> set[str]:
        """Names of the headers that inject() writes."""
        return {TRACE_ID, PARENT_ID, PRIORITY, ORIGIN, TAGS}


def _read_id(text: str | None) -> int:
    """Read a decimal id; 0 when it is none, or has more than 64 bits."""
    value = int(text) if text and _DECIMAL.fullmatch(text) else 0
    return value if value <= LOW else 0


def _agreed(beside: Beside, sampled: bool) -> Beside:
    """Give a priority that says what the flag says; who decided otherwise has not decided this."""
    if beside.priority is not None and (beside.priority > 0) == sampled:
        return beside
    if beside.priority is None:
        return beside._replace(priority=int(sampled))
    others = tuple((name, value) for name, value in beside.tags if name != DECISION_MAKER)
    return Beside(int(sampled), beside.origin, others)
