"""Propagators of other tracers' formats, ours and upstream's, as parameters of one test."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagators.aws import AwsXRayPropagator
from opentelemetry.propagators.b3 import B3MultiFormat, B3SingleFormat
from opentelemetry.propagators.jaeger import JaegerPropagator as UpstreamsJaegerPropagator
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from otelkit.propagation import (
    B3MultiPropagator,
    B3Propagator,
    DatadogPropagator,
    JaegerPropagator,
    XRayPropagator,
)

TRACE_ID, PARENT_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
LOWER_ID = "0" * 16 + TRACE_ID[16:]
XRAY_ROOT = f"Root=1-{TRACE_ID[:8]}-{TRACE_ID[8:]}"
DATADOG = {
    "x-datadog-trace-id": str(int(LOWER_ID, 16)),
    "x-datadog-parent-id": str(int(PARENT_ID, 16)),
}


@dataclass(frozen=True)
class Side:
    """One propagator."""

    propagator: TextMapPropagator

    def parent(self, headers: Mapping[str, Any], context: Context | None = None) -> SpanContext:
        """The remote span that the headers name; an invalid one when there is none."""
        return trace.get_current_span(self.propagator.extract(headers, context)).get_span_context()

    def ids(self, headers: Mapping[str, Any]) -> tuple[str, str, bool] | None:
        """Trace id, parent id and decision; None when the headers name no span."""
        found = self.parent(headers)
        if not found.is_valid:
            return None
        return f"{found.trace_id:032x}", f"{found.span_id:016x}", found.trace_flags.sampled

    def pass_on(self, headers: Mapping[str, Any]) -> dict[str, str]:
        """The headers of a request made in the context of one with `headers`."""
        return self.write(self.propagator.extract(headers))

    def write(self, context: Context) -> dict[str, str]:
        """The headers for a context."""
        carrier: dict[str, str] = {}
        self.propagator.inject(carrier, context)
        return carrier

    def write_span(self, sampled: bool = True, flags: int = 0) -> dict[str, str]:
        """The headers for a span of this process."""
        span = SpanContext(int(TRACE_ID, 16), int(PARENT_ID, 16), False, TraceFlags(flags | sampled))
        return self.write(trace.set_span_in_context(NonRecordingSpan(span), Context()))


B3, B3_MULTI = Side(B3Propagator()), Side(B3MultiPropagator())
JAEGER, XRAY, DD = Side(JaegerPropagator()), Side(XRayPropagator()), Side(DatadogPropagator())
UPSTREAM = {
    "b3": (B3, Side(B3SingleFormat())),
    "b3multi": (B3_MULTI, Side(B3MultiFormat())),
    "jaeger": (JAEGER, Side(UpstreamsJaegerPropagator())),
    "xray": (XRAY, Side(AwsXRayPropagator())),
}


def upstream_deviates(name: str, reason: str) -> pytest.MarkDecorator:
    """Hold both to the test, of which upstream's side is known to fail."""
    ours, theirs = UPSTREAM[name]
    upstream = pytest.param(theirs, id="upstream", marks=pytest.mark.xfail(strict=True, reason=reason))
    return pytest.mark.parametrize("side", [pytest.param(ours, id="otelkit"), upstream])


def every_upstream(reason: str) -> pytest.MarkDecorator:
    """Hold every format to the test, of which all of upstream's are known to fail."""
    ours = [pytest.param(side, id=f"otelkit-{name}") for name, (side, _) in UPSTREAM.items()]
    fails = pytest.mark.xfail(strict=True, reason=reason)
    theirs = [pytest.param(side, id=f"upstream-{name}", marks=fails) for name, (_, side) in UPSTREAM.items()]
    return pytest.mark.parametrize("side", [*ours, *theirs])


def both(name: str) -> pytest.MarkDecorator:
    """Hold both to the test."""
    return pytest.mark.parametrize("side", UPSTREAM[name], ids=["otelkit", "upstream"])
