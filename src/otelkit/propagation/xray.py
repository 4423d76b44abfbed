"""Propagator of `X-Amzn-Trace-Id` (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html).

`Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`, in any order, with fields of
others between: `Self` of a load balancer is left out, `Lineage` of Lambda is passed on, so that AWS sees
loops (upstream loses it, opentelemetry-python-contrib#3223). Upstream takes no decision for a denial and
`Sampled=?` for a broken header; here both leave it to the receiver. A `Root` without a `Parent`, as load
balancers begin it, is no span that a trace could go on from (#1875).
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

from otelkit.propagation.remote import kept, read_once, with_parent

HEADER = "X-Amzn-Trace-Id"
_LINEAGE = "xray-lineage"
_LONGEST = 1024
_DECISIONS = {"1": True, "0": False, "?": None, None: None}
_PATTERNS = {
    "Root": re.compile(r"1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}"),
    "Parent": re.compile(r"[0-9a-fA-F]{16}"),
    "Sampled": re.compile(r"[01?]"),
    "Lineage": re.compile(r"[0-9a-zA-Z:|]{1,256}"),
}


class XRayPropagator(TextMapPropagator):
    """Reads and writes `X-Amzn-Trace-Id`."""

    def extract(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,
    ) -> Context:
        """Give `context` (a new one by default) with the caller's span, or as it is without a valid one."""
        if context is None:
            context = Context()
        header = read_once(carrier, HEADER, getter)
        fields = _read(header) if header and len(header) <= _LONGEST else {}
        if "Root" not in fields or "Parent" not in fields:
            return context
        ids = int(fields["Root"][2:].replace("-", ""), 16), int(fields["Parent"], 16)
        sampled = _DECISIONS[fields.get("Sampled")]
        aside = (_LINEAGE, fields["Lineage"]) if "Lineage" in fields else None
        return with_parent(context, ids, sampled, aside)

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
        trace_id = f"{span.trace_id:032x}"
        header = (
            f"Root=1-{trace_id[:8]}-{trace_id[8:]};Parent={span.span_id:016x};"
            f"Sampled={int(span.trace_flags.sampled)}"
        )
        if lineage := kept(context, _LINEAGE, span.trace_id):
            header += f";Lineage={lineage}"
        setter.set(carrier, HEADER, header)

    @property
    def fields(self) -> set[str]:
        """Names of the headers that inject() writes."""
        return {HEADER}


def _read(header: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        pattern = _PATTERNS.get(name)
        if pattern and pattern.fullmatch(value):
            fields.setdefault(name, value)
    return fields
