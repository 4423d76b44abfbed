"""W3C Trace Context Level 2 and Baggage, read and written to the letter, and the formats of other tracers.

The SDK's propagators deviate where callers are hostile or values unusual: of two traceparent headers they
take one, of two baggage headers the second is lost, `+` becomes a space, a property becomes part of its
value. docs/propagation.md lists all of it; tests/otelkit/propagation holds both sides to the same cases.
B3, Jaeger, X-Ray and Datadog are for peers that speak nothing else: docs/propagators.md. configure() uses
all of these; a plain SDK names them `OTEL_PROPAGATORS=otelkit_tracecontext,otelkit_baggage`.
"""

from otelkit.propagation.b3 import B3MultiPropagator, B3Propagator
from otelkit.propagation.baggage import BaggagePropagator
from otelkit.propagation.datadog import DatadogPropagator
from otelkit.propagation.jaeger import JaegerPropagator
from otelkit.propagation.metadata import get_metadata, set_metadata
from otelkit.propagation.trace_context import TraceContextPropagator
from otelkit.propagation.tracestate import Level2TraceState
from otelkit.propagation.xray import XRayPropagator

__all__ = [
    "B3MultiPropagator",
    "B3Propagator",
    "BaggagePropagator",
    "DatadogPropagator",
    "JaegerPropagator",
    "Level2TraceState",
    "TraceContextPropagator",
    "XRayPropagator",
    "get_metadata",
    "set_metadata",
]
