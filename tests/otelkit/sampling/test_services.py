"""Three services, each with its own provider and sampler, joined by the headers that propagators write."""

import itertools

import pytest
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import Sampler
from opentelemetry.trace import set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from otelkit.propagation import TraceContextPropagator
from otelkit.sampling import adjusted_count
from otelkit.sampling.settings import adaptive, consistent_ratio, parentbased_consistent_ratio
from otelkit.spans import CheapTracerProvider

TRACES = 3_000
providers = pytest.mark.parametrize("provider", [CheapTracerProvider, TracerProvider])
propagators = pytest.mark.parametrize(
    "propagator", [TraceContextPropagator(), TraceContextTextMapPropagator()], ids=["otelkit", "sdk"]
)
Kept = list[dict[int, float | None]]


def serve(provider: type[TracerProvider], propagator: TextMapPropagator, samplers: list[Sampler]) -> Kept:
    """Give for each service the traces of which it kept its span, and what that span stands for."""
    tracers = [provider(sampler, Resource({})).get_tracer("t") for sampler in samplers]
    kept: Kept = [{} for _ in samplers]
    for _ in range(TRACES):
        headers: dict[str, str] = {}
        for service, tracer in enumerate(tracers):
            request = tracer.start_span("request", propagator.extract(headers, Context()))
            call = tracer.start_span("call", set_span_in_context(request, Context()))
            headers = {}
            propagator.inject(headers, set_span_in_context(call, Context()))
            context = call.get_span_context()
            assert context.trace_flags.random_trace_id
            if call.is_recording():
                kept[service][context.trace_id] = adjusted_count(context.trace_state)
    return kept


@providers
@propagators
def test_services_with_rates_of_their_own_keep_parts_of_what_the_busiest_keeps(
    provider: type[TracerProvider], propagator: TextMapPropagator
) -> None:
    half, sixteenth, quarter = serve(
        provider, propagator, [consistent_ratio(ratio) for ratio in ("0.5", "0.0625", "0.25")]
    )

    assert sixteenth.keys() < quarter.keys() < half.keys()
    assert [set(one.values()) for one in (half, sixteenth, quarter)] == [{2.0}, {16.0}, {4.0}]


@providers
@propagators
@pytest.mark.parametrize("first", [parentbased_consistent_ratio("0.25"), adaptive("ratio=0.25")])
def test_services_that_follow_keep_what_the_first_chose_and_know_its_probability(
    provider: type[TracerProvider], propagator: TextMapPropagator, first: Sampler
) -> None:
    others = [adaptive("ratio=0.5"), parentbased_consistent_ratio("0.125")]

    kept = serve(provider, propagator, [first, *others])

    assert kept[0]
    assert all(one == other for one, other in itertools.pairwise(kept))
    assert None not in kept[0].values()
