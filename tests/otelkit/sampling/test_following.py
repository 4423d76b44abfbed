"""Samplers that follow the parent decide as the specification's ComposableParentThreshold does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.context import Context
from opentelemetry.sdk.trace._sampling_experimental import composable_always_off, composable_parent_threshold
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Decision, Sampler

from otelkit.sampling import AdaptiveSampler, CompositeSampler, ParentFollowingSampler

from .parents import HIGH, remote


@pytest.mark.parametrize("sampler", [AdaptiveSampler(1.0), ParentFollowingSampler(ALWAYS_OFF)])
@given(
    st.integers(1, 2**128 - 1),
    st.booleans(),
    st.sampled_from(["", "ot=th:8", "rojo=1,ot=rv:80000000000000;th:8", "ot=th:x;k:v", "ot=rv:0", "rojo=1"]),
)
def test_parent_is_followed_as_the_specification_has_it(
    sampler: Sampler, trace_id: int, sampled: bool, state: str
) -> None:
    context = remote(trace_id, sampled=sampled, state=state)
    specified = CompositeSampler(composable_parent_threshold(composable_always_off()))

    theirs = specified.should_sample(context, trace_id, "work")
    ours = sampler.should_sample(context, trace_id, "work")

    assert ours.decision == theirs.decision
    if sampled:
        assert (ours.trace_state or {}) == (theirs.trace_state or {})


@pytest.mark.parametrize(("root", "kept"), [(ALWAYS_ON, True), (ALWAYS_OFF, False)])
def test_root_decides_where_a_trace_begins(root: Sampler, kept: bool) -> None:
    result = ParentFollowingSampler(root).should_sample(Context(), HIGH, "work", attributes={"a": 1})

    assert (result.decision is Decision.RECORD_AND_SAMPLE) == kept
    assert dict(result.attributes or {}) == ({"a": 1} if kept else {})


def test_span_of_a_kept_parent_has_its_attributes() -> None:
    context = remote(HIGH, sampled=True, state="ot=th:8")

    result = ParentFollowingSampler(ALWAYS_OFF).should_sample(context, HIGH, "work", attributes={"a": 1})

    assert dict(result.attributes or {}) == {"a": 1}
