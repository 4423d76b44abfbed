"""Whatever happens to a span, ours is exported as the SDK's would have been, byte by byte."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import SpanLimits
from opentelemetry.sdk.trace.sampling import Sampler

from .examples import many
from .operations import limits, live, lives, samplers
from .sides import Side


@many
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
