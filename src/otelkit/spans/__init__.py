"""Spans that cost their caller little: the SDK's tracer provider with a tracer and a span of our own.

The span is a subclass of the SDK's that keeps plain attributes in a dict, makes lists only where they are
needed, and is written to bytes where it ends. Whatever is out of the ordinary (limits, attribute values of
other types, foreign samplers and processors) takes the SDK's own path, so that results are the SDK's: tests
compare both byte by byte. `OTELKIT_SPANS=sdk` gives the SDK's back.
(https://opentelemetry.io/docs/specs/otel/trace/sdk/)
"""

from otelkit.spans.provider import CheapTracerProvider
from otelkit.spans.settings import SPANS_VARIABLE, read_spans_are_ours

__all__ = ["SPANS_VARIABLE", "CheapTracerProvider", "read_spans_are_ours"]
