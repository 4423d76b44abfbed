"""Propagators of B3 (https://github.com/openzipkin/b3-propagation): Zipkin's, Envoy's and Istio's headers.

Both read both encodings, the single header first (OpenTelemetry specification, API propagators, B3).
Upstream's take a trace without a decision for one that is not sampled (opentelemetry-python#4793), sample
what says nothing but `0` (#2341) and lose the debug flag; these do not. A lone `0` has no ids: the trace
that is not recorded gets ids made here.
"""

import re
from random import getrandbits
from typing import NamedTuple

from opentelemetry.context import Context
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)
from opentelemetry.trace import SpanContext, get_current_span

from otelkit.propagation.remote import kept, read_once, remote_span, with_parent

SINGLE = "b3"
TRACE_ID, SPAN_ID, PARENT_ID = "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid"
SAMPLED, FLAGS = "x-b3-sampled", "x-b3-flags"
_DEBUG = "b3-debug"
_DECISIONS = {"0": False, "1": True, "d": True, "false": False, "true": True}
_IDS = re.compile(r"([0-9a-fA-F]{32}|[0-9a-fA-F]{16})-([0-9a-fA-F]{16})")
_SINGLE = re.compile(rf"{_IDS.pattern}(?:-([01d])(?:-[0-9a-fA-F]{{16}})?)?|([01d])")


class _Sent(NamedTuple):
    """What the headers say: no ids where there is only a decision, no decision where there are only ids."""

    trace_id: int
    span_id: int
    decision: str | None


class B3Propagator(TextMapPropagator):
    """Writes `b3`, and reads it and the headers `X-B3-...`."""

    def extract(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,
    ) -> Context:
        """Give `context` (a new one by default) with the caller's span, or as it is without a valid one."""
        if context is None:
            context = Context()
        sent = _read_single(carrier, getter) or _read_multiple(carrier, getter)
        if sent is None:
            return context
        sampled = None if sent.decision is None else _DECISIONS[sent.decision]
        if sent.trace_id and sent.span_id:
            aside = (_DEBUG, "d") if sent.decision == "d" else None
            return with_parent(context, (sent.trace_id, sent.span_id), sampled, aside)
        return _denied(context) if sampled is False and not sent.trace_id else context

    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        """Write the span of `context` (by default the current one); nothing without a valid span."""
        span = get_current_span(context).get_span_context()
        if span.is_valid:
            ids = f"{span.trace_id:032x}-{span.span_id:016x}"
            setter.set(carrier, SINGLE, f"{ids}-{_decision(span, context)}")

    @property
    def fields(self) -> set[str]:
        """Names of all headers of the format: a stale one beside what inject() writes would be a lie."""
        return {SINGLE, TRACE_ID, SPAN_ID, PARENT_ID, SAMPLED, FLAGS}


class B3MultiPropagator(B3Propagator):
    """Writes the headers `X-B3-...`, and reads them and `b3`."""

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
        setter.set(carrier, TRACE_ID, f"{span.trace_id:032x}")
        setter.set(carrier, SPAN_ID, f"{span.span_id:016x}")
        decision = _decision(span, context)
        if decision == "d":  # which implies sampled, and stands alone
            setter.set(carrier, FLAGS, "1")
        else:
            setter.set(carrier, SAMPLED, decision)


def _read_single(carrier: CarrierT, getter: Getter[CarrierT]) -> _Sent | None:
    header = read_once(carrier, SINGLE, getter)
    match = _SINGLE.fullmatch(header) if header else None
    if match is None:
        return None
    trace_id, span_id, decision, alone = match.groups()
    return _Sent(int(trace_id or "0", 16), int(span_id or "0", 16), alone or decision)


def _read_multiple(carrier: CarrierT, getter: Getter[CarrierT]) -> _Sent | None:
    decision = (read_once(carrier, SAMPLED, getter) or "").lower()
    known = decision if decision in ("0", "1", "true", "false") else None
    if read_once(carrier, FLAGS, getter) == "1":
        known = "d"
    trace_id, span_id = read_once(carrier, TRACE_ID, getter), read_once(carrier, SPAN_ID, getter)
    match = _IDS.fullmatch(f"{trace_id}-{span_id}")
    if match is None:
        return _Sent(0, 0, known) if known and not trace_id else None
    return _Sent(int(match[1], 16), int(match[2], 16), known)


def _decision(span: SpanContext, context: Context | None) -> str:
    if not span.trace_flags.sampled:
        return "0"
    return kept(context, _DEBUG, span.trace_id) or "1"


def _denied(context: Context) -> Context:
    before = remote_span(context)
    if before is not None:
        return with_parent(context, (before.trace_id, before.span_id), sampled=False)
    return with_parent(context, (getrandbits(127) + 1, getrandbits(63) + 1), sampled=False)
