"""Whatever happens to a span, ours is exported as the SDK's would have been, byte by byte."""

import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.sdk.trace import SpanLimits
from opentelemetry.sdk.trace.sampling import Sampler

from .operations import limits, live, lives, samplers
from .sides import Side

# SPANS_EXAMPLES=20000 for the full proof, some minutes.
any_life = settings(
    max_examples=int(os.environ.get("SPANS_EXAMPLES", "200")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@any_life
@given(samplers, limits, st.lists(lives, min_size=1, max_size=4))
def test_any_life_of_spans_is_exported_as_the_sdks(
    sides: tuple[Side, Side], sampler: Sampler, limits: SpanLimits | None, all_lives: list[dict[str, Any]]
) -> None:
    seen = []
    for side in sides:
        with side.provider(sampler, limits) as provider:
            seen.append((live(provider, all_lives), side.exported()))

    theirs, ours = seen
    assert ours == theirs
