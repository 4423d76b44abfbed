"""A sampling probability as a rejection threshold of 56 bits, and back.

A trace is kept when its randomness, the last 56 bits of its id, is not below the threshold. Decision:
before it is used, a threshold is rounded to the four significant digits that the specification recommends, so
the probability that is recorded is the one that was applied.
(https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/#algorithms)
"""

import math

from opentelemetry.trace import TraceState

from otelkit.sampling.trace_state import read_ot

DIGITS = 14  # of 4 bits each
SCALE = 1 << 4 * DIGITS
LOW_BITS = SCALE - 1
SIGNIFICANT_DIGITS = 4
SMALLEST = 1 / SCALE  # of all probabilities that can be written


def threshold_of(probability: float) -> int:
    """Give the threshold of a probability from 2**-56 to 1.

    Raises:
        ValueError: the probability is not in that range.
    """
    if not SMALLEST <= probability <= 1:
        raise ValueError(f"{probability!r} is no sampling probability: use a number above 0, up to 1")
    exact = SCALE - round(probability * SCALE)
    digits = SIGNIFICANT_DIGITS + math.frexp(probability)[1] // -4  # the leading f's come on top
    if digits >= DIGITS:
        return exact
    step = 1 << 4 * (DIGITS - digits)
    return (exact + step // 2) // step * step


def probability_of(threshold: int) -> float:
    """Give the probability that a threshold stands for."""
    return (SCALE - threshold) / SCALE


def adjusted_count(state: TraceState | None) -> float | None:
    """Say how many spans this one stands for; None when no consistent sampler chose it."""
    threshold = read_ot(state).threshold
    return None if threshold is None else SCALE / (SCALE - threshold)
