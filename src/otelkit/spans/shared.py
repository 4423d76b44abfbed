"""What the SDK's code asks a span for and all spans of a tracer share, so that no span has to hold it.

Role: the base of our span, between it and the SDK's. Decision: the SDK's methods read these fields by names
that are not public; giving them here keeps the SDK's own code at work where we have none. Convention: none.
"""

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanLimits, SpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationInfo, InstrumentationScope

from otelkit.spans.origin import SpanOrigin


class SpanOfOrigin(Span):
    """A span whose shared fields are those of its `origin`."""

    origin: SpanOrigin

    @property
    def _limits(self) -> SpanLimits:
        return self.origin.limits

    @property
    def _resource(self) -> Resource:  # type: ignore[override]  # the SDK writes it in a constructor that never runs
        return self.origin.resource

    @property
    def _instrumentation_scope(self) -> InstrumentationScope:  # type: ignore[override]  # as above
        return self.origin.scope

    @property
    def _instrumentation_info(self) -> InstrumentationInfo:  # type: ignore[override]  # as above
        return self.origin.info

    @property
    def _span_processor(self) -> SpanProcessor:  # type: ignore[override]  # as above
        return self.origin.chain
