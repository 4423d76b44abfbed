"""Both propagators, the SDK's and otelkit's, as parameters of one test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from opentelemetry import baggage, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.trace import SpanContext
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from otelkit.propagation import BaggagePropagator, TraceContextPropagator

TRACE_ID, PARENT_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
VALID = f"00-{TRACE_ID}-{PARENT_ID}-01"
Headers = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Side:
    """The two propagators of one side."""

    trace_context: TextMapPropagator
    baggage: TextMapPropagator

    def parent(self, traceparent: str | Sequence[str], tracestate: str | Sequence[str] = ()) -> SpanContext:
        """The remote span that the headers name; an invalid one when there is none."""
        headers: Headers = {"traceparent": traceparent, "tracestate": tracestate}
        return trace.get_current_span(self.trace_context.extract(headers)).get_span_context()

    def read(self, header: str | Sequence[str]) -> dict[str, object]:
        """The baggage that the header, or several of them, carry."""
        return dict(baggage.get_all(self.baggage.extract({"baggage": header}, Context())))

    def pass_on(self, header: str | Sequence[str]) -> str:
        """The baggage header of a request made while one with `header` is served."""
        return self.write(self.baggage.extract({"baggage": header}, Context()))

    def write(self, context: Context) -> str:
        """The baggage header for `context`."""
        carrier: dict[str, str] = {}
        self.baggage.inject(carrier, context)
        return carrier.get("baggage", "")

    def span_headers(self, span_context: SpanContext) -> dict[str, str]:
        """The headers for a span."""
        carrier: dict[str, str] = {}
        context = trace.set_span_in_context(trace.NonRecordingSpan(span_context), Context())
        self.trace_context.inject(carrier, context)
        return carrier


OURS = Side(TraceContextPropagator(), BaggagePropagator())
SDK = Side(TraceContextTextMapPropagator(), W3CBaggagePropagator())

both = pytest.mark.parametrize("side", [OURS, SDK], ids=["otelkit", "sdk"])


def sdk_deviates(reason: str) -> pytest.MarkDecorator:
    """Hold both to the test, of which the SDK's side is known to fail."""
    sdk = pytest.param(SDK, id="sdk", marks=pytest.mark.xfail(strict=True, reason=reason))
    return pytest.mark.parametrize("side", [pytest.param(OURS, id="otelkit"), sdk])
