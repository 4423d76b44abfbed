"""A rule that stands for a sampler decides as that sampler does; what has no rule is asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.context import Context
from opentelemetry.sdk.trace import sampling
from opentelemetry.sdk.trace.sampling import ParentBased, ParentBasedTraceIdRatio, Sampler, TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from otelkit.selection import sampler
from otelkit.spans.rules import LOW_BITS, find_rule

trace_ids = st.integers(1, 2**128 - 1)
parents = st.none() | st.tuples(st.booleans(), st.booleans())
kinds = ("always_on", "always_off", "traceidratio")
names = st.sampled_from([*kinds, *(f"parentbased_{kind}" for kind in kinds)])


class Halved(TraceIdRatioBased):
    """Has another bound each time it is asked."""


class Own(ParentBased):
    """Decides by itself."""

    def should_sample(self, *arguments: object, **options: object) -> sampling.SamplingResult:
        return sampling.SamplingResult(sampling.Decision.DROP)


@settings(deadline=None)
@given(names, st.floats(0, 1), trace_ids, parents)
def test_rule_decides_as_the_sampler(
    name: str, ratio: float, trace_id: int, parent: tuple[bool, bool] | None
) -> None:
    chosen = sampler({"OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": str(ratio)})
    context = Context()
    if parent:
        is_remote, is_sampled = parent
        span = NonRecordingSpan(SpanContext(trace_id, 1, is_remote, TraceFlags(is_sampled)))
        context = set_span_in_context(span, context)

    rule = find_rule(chosen)
    assert rule
    sampled = parent[1] if parent and rule.follows_parent else trace_id & LOW_BITS < rule.bound
    decision = chosen.should_sample(context, trace_id, "work").decision
    assert sampled == (decision is sampling.Decision.RECORD_AND_SAMPLE)


@pytest.mark.parametrize(
    "other",
    [
        sampling.StaticSampler(sampling.Decision.RECORD_ONLY),
        ParentBased(sampling.StaticSampler(sampling.Decision.RECORD_ONLY)),
        ParentBased(sampling.ALWAYS_ON, local_parent_not_sampled=sampling.ALWAYS_ON),
        ParentBased(ParentBasedTraceIdRatio(0.5)),
        sampling.AlwaysRecordSampler(sampling.ALWAYS_OFF),
        Halved(0.5),
        Own(sampling.ALWAYS_ON),
    ],
)
def test_other_samplers_have_no_rule(other: Sampler) -> None:
    assert find_rule(other) is None
