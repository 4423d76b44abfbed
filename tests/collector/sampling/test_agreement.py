"""Samplers of services and of the Collector draw from the same randomness, or do not, and what that makes."""

from pathlib import Path

import pytest
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

from otelkit.sampling.settings import adaptive, consistent_ratio
from otelkit.sampling.thresholds import SCALE, threshold_of

from .chain import TRACES, after_collector, kept_by, least_rejected, thresholds

ORDER = "memory_limiter, probabilistic_sampler"
TENTH = threshold_of(0.1)


def probabilistic(mode: str, percent: float) -> str:
    return f"probabilistic_sampler: {{mode: {mode}, sampling_percentage: {percent}}}"


def is_by_chance(found: int, of_all: int, probability: float) -> bool:
    """Whether `found` is within four deviations of what the probability lets expect."""
    return bool(abs(found - of_all * probability) < 4 * (of_all * probability * (1 - probability)) ** 0.5)


@pytest.mark.parametrize(("mode", "percent"), [("equalizing", 10), ("proportional", 20)])
def test_collector_at_a_tenth_keeps_of_the_services_half_exactly_the_most_random_tenth(
    collector_binary: Path, tmp_path: Path, mode: str, percent: float
) -> None:
    half = kept_by(consistent_ratio("0.5"))

    out = after_collector(collector_binary, tmp_path, half, probabilistic(mode, percent), ORDER)

    assert out.keys() == least_rejected(half, TENTH)
    assert thresholds(out) == {TENTH}
    assert is_by_chance(len(out), TRACES, 0.1)


def test_equalizing_collector_leaves_alone_what_is_sampled_less(
    collector_binary: Path, tmp_path: Path
) -> None:
    hundredth = kept_by(consistent_ratio("0.01"))

    out = after_collector(collector_binary, tmp_path, hundredth, probabilistic("equalizing", 10), ORDER)

    assert out == hundredth


def test_adaptive_rates_are_made_equal(collector_binary: Path, tmp_path: Path) -> None:
    busy = kept_by(adaptive("ratio=0.5,spans_per_second=1200"))
    assert len(thresholds(busy)) > 100  # the budget was at work

    out = after_collector(collector_binary, tmp_path, busy, probabilistic("equalizing", 1), ORDER)

    hundredth = threshold_of(0.01)
    assert out.keys() == least_rejected(busy, hundredth)
    assert min(filter(None, thresholds(out))) == hundredth


def test_ratio_of_the_sdk_tells_the_collector_nothing_so_counts_are_wrong(
    collector_binary: Path, tmp_path: Path
) -> None:
    half = kept_by(TraceIdRatioBased(0.5))

    out = after_collector(collector_binary, tmp_path, half, probabilistic("equalizing", 10), ORDER)

    assert thresholds(out) == {TENTH}
    assert is_by_chance(len(out), TRACES, 0.05)  # the Collector says a tenth, and it is half of that


def test_collectors_default_mode_drops_every_span_whose_probability_is_known(
    collector_binary: Path, tmp_path: Path
) -> None:
    half = kept_by(consistent_ratio("0.5"))

    out = after_collector(
        collector_binary, tmp_path, half, "probabilistic_sampler: {sampling_percentage: 50}", ORDER
    )

    assert out == {}


def test_tail_sampler_chooses_by_another_randomness_and_leaves_the_threshold_as_it_was(
    collector_binary: Path, tmp_path: Path
) -> None:
    half = kept_by(consistent_ratio("0.5"))
    policy = "{name: tenth, type: probabilistic, probabilistic: {sampling_percentage: 10}}"

    out = after_collector(
        collector_binary,
        tmp_path,
        half,
        f"tail_sampling: {{decision_wait: 200ms, num_traces: 50000, policies: [{policy}]}}",
        "memory_limiter, tail_sampling",
    )

    assert is_by_chance(len(out), len(half), 0.1)
    assert thresholds(out) == {SCALE // 2}
    assert out.keys() != least_rejected(half, TENTH)
