"""The tracer provider: the SDK's, whose tracers are ours.

Decision: the SDK's provider still makes its own tracer for each scope, and ours stands before it, so that
tracer configurators, forks and whatever else changes a provider are the SDK's work. Processors are added as
usual, at any time. Convention: "TracerProvider" of the trace SDK's specification.
"""

from opentelemetry import trace
from opentelemetry.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, Tracer, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import Sampler
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.util.types import Attributes

from otelkit.self_metrics import SpanTallies
from otelkit.spans.chain import Chain
from otelkit.spans.origin import SpanOrigin
from otelkit.spans.rules import find_rule
from otelkit.spans.tracer import CheapTracer


class CheapTracerProvider(TracerProvider):
    """Gives tracers that start cheap spans; `tallies` counts them, and its sampler's drops."""

    def __init__(  # noqa: PLR0913 - the SDK's arguments
        self,
        sampler: Sampler,
        resource: Resource,
        tallies: SpanTallies | None = None,
        *,
        id_generator: IdGenerator | None = None,
        span_limits: SpanLimits | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        self._chain = Chain(tallies)
        self._limits = span_limits or SpanLimits()
        super().__init__(
            sampler, resource, False, self._chain, id_generator, self._limits, meter_provider=meter_provider
        )
        self._rule = find_rule(sampler)
        self._tallies = tallies
        self._cheap: dict[trace.Tracer, CheapTracer] = {}

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Attributes = None,
    ) -> trace.Tracer:
        """Give the tracer of this scope, the same one each time; a no-op one when the SDK is disabled."""
        named = instrumenting_module_name, instrumenting_library_version, schema_url, attributes
        tracer = super().get_tracer(*named)
        if not isinstance(tracer, Tracer):
            return tracer
        found = self._cheap.get(tracer)
        if found is None:
            found = self._cheap.setdefault(tracer, self._make(tracer, *named))
        return found

    def _make(self, tracer: Tracer, name: str, version: str | None, *rest: object) -> CheapTracer:
        scope = InstrumentationScope(name or "", "" if version is None else version, *rest)  # type: ignore[arg-type]  # as get_tracer's
        origin = SpanOrigin(tracer, scope, self._limits, self._chain)
        return CheapTracer(tracer, origin, self._rule, self._tallies)
