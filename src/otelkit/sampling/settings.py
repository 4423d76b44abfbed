"""OTEL_TRACES_SAMPLER names that otelkit adds, and what OTEL_TRACES_SAMPLER_ARG means to each.

    otelkit_adaptive                        ratio=0.1,spans_per_second=100
    otelkit_parentbased_consistent_ratio    0.1
    otelkit_consistent_ratio                0.1     in each service by itself

Factories of the entry point group `opentelemetry_traces_sampler`, which the SDK's start-up calls, too.
"""

from opentelemetry.sdk.trace._sampling_experimental import composable_traceid_ratio_based

from otelkit.environment import pairs, ratio, read
from otelkit.sampling.adaptive import AdaptiveSampler
from otelkit.sampling.composite import CompositeSampler
from otelkit.sampling.following import ParentFollowingSampler
from otelkit.sampling.thresholds import SMALLEST, probability_of, threshold_of

ARGUMENT = "OTEL_TRACES_SAMPLER_ARG"
DEFAULTS = {"ratio": 0.1, "spans_per_second": 100.0}


def adaptive(argument: str | None) -> AdaptiveSampler:
    """Make the sampler of `otelkit_adaptive`.

    Raises:
        ConfigurationError: `argument` is not of the form `ratio=0.1,spans_per_second=100`.
    """
    return read({ARGUMENT: argument or ""}, ARGUMENT, _make_adaptive, AdaptiveSampler())


def consistent_ratio(argument: str | None) -> CompositeSampler:
    """Make the sampler of `otelkit_consistent_ratio`.

    Raises:
        ConfigurationError: `argument` is no number from 0 to 1.
    """
    chosen = read({ARGUMENT: argument or ""}, ARGUMENT, ratio, 1.0)
    # Rounded, or each span would carry 14 digits: `th:e6666666666668` for a tenth.
    applied = probability_of(threshold_of(chosen)) if chosen >= SMALLEST else 0.0
    return CompositeSampler(composable_traceid_ratio_based(applied))


def parentbased_consistent_ratio(argument: str | None) -> ParentFollowingSampler:
    """Make the sampler of `otelkit_parentbased_consistent_ratio`.

    Raises:
        ConfigurationError: `argument` is no number from 0 to 1.
    """
    return ParentFollowingSampler(consistent_ratio(argument))


def _make_adaptive(text: str) -> AdaptiveSampler:
    given = pairs(text)
    if unknown := given.keys() - {"ratio", "spans_per_second"}:
        raise ValueError(f"{min(unknown)!r} is unknown: use ratio and spans_per_second")
    calm, budget = (float(given.get(key, default)) for key, default in DEFAULTS.items())
    return AdaptiveSampler(calm, budget)
