"""Propagator of Jaeger's clients (https://www.jaegertracing.io/docs/1.62/client-libraries/#propagation-format).

Ids are hexadecimal of any length, `uberctx-` headers are baggage, and a header that is percent-encoded, as
some clients write it, is understood. Upstream's writes the debug flag on every sampled trace, which makes
Jaeger's clients keep all of it, and not what was received; this one passes on what it was given.
"""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import quote, unquote

from opentelemetry import baggage
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

from otelkit.propagation.baggage import MAX_BYTES, MAX_MEMBERS
from otelkit.propagation.members import is_key
from otelkit.propagation.remote import kept, read_once, with_parent

UBER_TRACE_ID = "uber-trace-id"
BAGGAGE_PREFIX = "uberctx-"
SAMPLED, DEBUG = 1, 2
_DEBUG = "jaeger-debug"
_LONGEST = 128  # percent-encoded, the longest valid one has 61
_FIELDS = re.compile(r"([0-9a-fA-F]{1,32}):([0-9a-fA-F]{1,16}):[0-9a-fA-F]{0,16}:([0-9a-fA-F]{1,2})")


class JaegerPropagator(TextMapPropagator):
    """Reads and writes `uber-trace-id`, and baggage as `uberctx-NAME`."""

    def extract(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,
    ) -> Context:
        """Give `context` (a new one by default) with the caller's span and baggage, where they are valid."""
        if context is None:
            context = Context()
        header = read_once(carrier, UBER_TRACE_ID, getter)
        if header and len(header) <= _LONGEST and (match := _FIELDS.fullmatch(unquote(header))):
            flags = int(match[3], 16)
            aside = (_DEBUG, "1") if flags & DEBUG else None
            ids = int(match[1], 16), int(match[2], 16)
            context = with_parent(context, ids, bool(flags & (SAMPLED | DEBUG)), aside)
        for name, value in islice(_read_baggage(carrier, getter), MAX_MEMBERS):
            context = baggage.set_baggage(name, value, context)
        return context

    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        """Write the span of `context` (by default the current one) and its baggage, each if there is one."""
        span = get_current_span(context).get_span_context()
        if span.is_valid:
            flags = SAMPLED if span.trace_flags.sampled else 0
            if flags and kept(context, _DEBUG, span.trace_id):
                flags |= DEBUG
            # The parent's id is deprecated, and zero.
            setter.set(carrier, UBER_TRACE_ID, f"{span.trace_id:032x}:{span.span_id:016x}:0:{flags:02x}")
        size = 0
        for name, value in islice(baggage.get_all(context).items(), MAX_MEMBERS):
            written = quote(str(value), errors="replace")
            size += len(name) + len(written)
            if is_key(name) and size <= MAX_BYTES:
                setter.set(carrier, BAGGAGE_PREFIX + name, written)

    @property
    def fields(self) -> set[str]:
        """Names of the headers that inject() writes, but for baggage, whose names are the application's."""
        return {UBER_TRACE_ID}


def _read_baggage(carrier: CarrierT, getter: Getter[CarrierT]) -> Iterator[tuple[str, str]]:
    size = 0
    for key in getter.keys(carrier):
        if not isinstance(key, str) or not key.lower().startswith(BAGGAGE_PREFIX):
            continue
        value = read_once(carrier, key, getter)
        name = key[len(BAGGAGE_PREFIX) :]
        if value is None or not is_key(name):
            continue
        size += len(name) + len(value)
        if size > MAX_BYTES:
            return
        yield name, unquote(value)
