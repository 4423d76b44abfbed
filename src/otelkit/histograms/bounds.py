"""The bucket boundaries of an instrument, as the SDK would take them."""

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

# The specification's, made for milliseconds
# (https://opentelemetry.io/docs/specs/otel/metrics/sdk/#explicit-bucket-histogram-aggregation).
DEFAULT_BOUNDS: tuple[float, ...] = (
    *(0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0),
    *(1000.0, 2500.0, 5000.0, 7500.0, 10000.0),
)


def bounds_of(advisory: Any) -> tuple[float, ...] | None:
    """Boundaries as advised by who creates the histogram; None for what the SDK refuses at a record."""
    if advisory is None or not _are_numbers(advisory):
        return DEFAULT_BOUNDS
    try:
        rising = all(isfinite(bound) for bound in advisory) and all(
            low < high for low, high in pairwise(advisory)
        )
    except OverflowError:  # an integer that is no float
        return None
    return tuple(advisory) if rising else None


def _are_numbers(advisory: Any) -> bool:
    return isinstance(advisory, Sequence) and all(isinstance(bound, int | float) for bound in advisory)
