"""W3C Trace Context Level 2 and Baggage, read and written to the letter.

The SDK's propagators deviate where callers are hostile or values unusual: of two traceparent headers they
take one, of two baggage headers the second is lost, `+` becomes a space, a property becomes part of its
value. docs/propagation.md lists all of it; tests/otelkit/propagation holds both sides to the same cases.
configure() uses these; a plain SDK names them `OTEL_PROPAGATORS=otelkit_tracecontext,otelkit_baggage`.
"""

from otelkit.propagation.baggage import BaggagePropagator
from otelkit.propagation.metadata import get_metadata, set_metadata
from otelkit.propagation.trace_context import TraceContextPropagator
from otelkit.propagation.tracestate import Level2TraceState

__all__ = ["BaggagePropagator", "Level2TraceState", "TraceContextPropagator", "get_metadata", "set_metadata"]
