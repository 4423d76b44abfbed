"""The adaptive sampler in virtual time: its rate, its budget, and what can be counted up from that."""

import random
from collections.abc import Iterator

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Decision, SamplingResult

from otelkit.sampling import AdaptiveSampler, adjusted_count
from otelkit.sampling.budget import BURST_SECONDS
from otelkit.sampling.rates import NAMES

from .parents import HIGH, LOW, Clock, remote

SEED, SPANS = 7, 5
ROOT = Context()


def decide(sampler: AdaptiveSampler, trace_id: int, name: str = "GET /orders") -> SamplingResult:
    return sampler.should_sample(ROOT, trace_id, name, attributes={"a": 1})


def probability(sampler: AdaptiveSampler, name: str) -> float:
    count = adjusted_count(decide(sampler, HIGH, name).trace_state)
    assert count
    return 1 / count


def play(
    sampler: AdaptiveSampler, clock: Clock, seconds: float, per_second: float, errors: float
) -> Iterator[float | None]:
    """Traces of SPANS each, by chance; of each its adjusted count, None when it is dropped."""
    chance = random.Random(SEED)  # noqa: S311 - a repeatable example, no secret
    for _ in range(round(seconds * per_second)):
        clock.now += 1 / per_second
        trace_id = chance.getrandbits(128) | 1
        result = decide(sampler, trace_id)
        fails = chance.random() < errors
        if result.decision is Decision.RECORD_AND_SAMPLE:
            for _ in range(SPANS - 1):
                sampler.should_sample(remote(trace_id, sampled=True, is_remote=False), trace_id, "SELECT")
            sampler.observe("GET /orders", fails)
        yield adjusted_count(result.trace_state)


def test_calm_rate_is_the_ratio() -> None:
    sampler = AdaptiveSampler(0.1, 1000, Clock())

    assert probability(sampler, "GET /orders") == pytest.approx(0.1, rel=1e-3)


def test_rate_of_the_failing_name_rises_and_falls_again() -> None:
    clock = Clock()
    sampler = AdaptiveSampler(0.1, 1000, clock)
    for _ in range(10):
        sampler.observe("POST /payments", True)

    assert probability(sampler, "POST /payments") == 1
    assert probability(sampler, "GET /orders") == pytest.approx(0.1, rel=1e-3)
    clock.now += 300
    assert probability(sampler, "POST /payments") < 0.11


@pytest.mark.parametrize(("ratio", "errors"), [(1.0, 0.0), (0.1, 0.5)])
def test_budget_holds_under_ten_times_as_many_spans(ratio: float, errors: float) -> None:
    clock = Clock()
    sampler = AdaptiveSampler(ratio, 100, clock)
    kept = [count for count in play(sampler, clock, 120, 200, errors) if count]

    # What 120 s and the bucket give; an empty one lets one in 1,024 through, of 24,000 traces at most 24.
    assert len(kept) * SPANS <= 100 * (120 + BURST_SECONDS) + 24 * SPANS
    assert len(kept) * SPANS >= 100 * 120 * 0.9  # and it is used


@pytest.mark.parametrize(("spans_per_second", "errors"), [(100, 0.0), (100, 0.05), (1000, 0.05)])
def test_requests_can_be_counted_up_whatever_the_rate_was(spans_per_second: float, errors: float) -> None:
    clock = Clock()
    sampler = AdaptiveSampler(0.2, spans_per_second, clock)
    kept = [count for count in play(sampler, clock, 300, 100, errors) if count]

    # The variance of a sum of 1/p over kept traces is estimated without bias by the sum of (1-p)/p^2.
    deviation = sum(count * (count - 1) for count in kept) ** 0.5
    assert abs(sum(kept) - 30_000) < 4 * deviation
    assert deviation < 0.05 * 30_000


def test_spans_that_callers_decided_on_take_from_the_budget() -> None:
    clock = Clock()
    sampler = AdaptiveSampler(1.0, 100, clock)
    for _ in range(2_000):
        sampler.should_sample(remote(HIGH, sampled=True), HIGH, "work")

    assert probability(sampler, "GET /orders") < 0.01


def test_span_keeps_its_attributes_and_a_dropped_one_has_no_tracestate() -> None:
    sampler = AdaptiveSampler(0.5, 1000, Clock())

    kept, dropped = decide(sampler, HIGH), decide(sampler, LOW)

    assert dict(kept.attributes or {}) == {"a": 1}
    assert kept.trace_state is not None
    assert kept.trace_state.to_header() == "ot=th:8"
    assert (dropped.decision is Decision.RECORD_AND_SAMPLE, dropped.trace_state) == (False, None)


def test_names_with_ids_in_them_share_one_rate_and_no_memory() -> None:
    sampler = AdaptiveSampler(0.1, 1000, Clock())
    for number in range(NAMES + 1_000):
        sampler.observe(f"GET /orders/{number}", number >= NAMES)

    assert len(sampler._rates._trends) == NAMES + 1
    assert probability(sampler, "GET /orders/never-seen") == 1


@pytest.mark.parametrize(
    ("ratio", "spans_per_second"), [(0, 1), (1.1, 1), (float("nan"), 1), (1, 0), (1, float("inf")), (1, -1)]
)
def test_impossible_settings_are_refused(ratio: float, spans_per_second: float) -> None:
    with pytest.raises(ValueError, match="use a number above 0"):
        AdaptiveSampler(ratio, spans_per_second)


def test_smallest_ratio_with_an_empty_bucket_is_still_a_probability() -> None:
    sampler = AdaptiveSampler(2**-56, 1, Clock())
    for _ in range(10):
        sampler.should_sample(remote(HIGH, sampled=True), HIGH, "work")

    assert adjusted_count(decide(sampler, HIGH).trace_state) == 2**56
