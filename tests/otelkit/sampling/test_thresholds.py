"""Probabilities and thresholds: the specification's own table, and what must hold for every probability."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otelkit.propagation import Level2TraceState
from otelkit.sampling import adjusted_count
from otelkit.sampling.thresholds import SMALLEST, probability_of, threshold_of
from otelkit.sampling.trace_state import format_threshold

# "1-in-N" and "precision 4" of the table below
# https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/#converting-floating-point-probability-to-threshold-value
SPECIFIED = {
    1: "0",
    2: "8",
    3: "aaab",
    4: "c",
    5: "cccd",
    8: "e",
    10: "e666",
    16: "f",
    100: "fd70a",
    1000: "ffbe77",
    10000: "fff9724",
    100000: "ffff583a",
    1000000: "ffffef39",
}
probabilities = st.floats(SMALLEST, 1)


@pytest.mark.parametrize("one_in", SPECIFIED)
def test_thresholds_are_those_of_the_specification(one_in: int) -> None:
    assert format_threshold(threshold_of(1 / one_in)) == SPECIFIED[one_in]


@given(probabilities)
def test_recorded_probability_is_within_a_four_thousandth_of_the_asked_one(probability: float) -> None:
    # Four significant digits of 4 bits, of which the first is at least 1: half a unit in 16**3.
    assert probability_of(threshold_of(probability)) == pytest.approx(probability, rel=0.5 / 16**3 + 1e-9)


@given(probabilities, probabilities)
def test_less_probable_is_never_easier(one: float, other: float) -> None:
    less, more = sorted((one, other))

    assert threshold_of(less) >= threshold_of(more)


@pytest.mark.parametrize("probability", [0, -0.1, 1.01, SMALLEST / 2, float("nan"), float("inf")])
def test_what_is_no_probability_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="use a number above 0, up to 1"):
        threshold_of(probability)


@pytest.mark.parametrize(
    ("state", "count"), [("ot=th:0", 1.0), ("ot=th:c", 4.0), ("ot=rv:0123456789abcd", None), ("", None)]
)
def test_kept_span_stands_for_as_many_as_its_threshold_says(state: str, count: float | None) -> None:
    assert adjusted_count(Level2TraceState.from_header([state])) == count
