"""What the SDK's encoder raises for or sends wrongly in histograms, beside ours."""

from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.sdk.metrics.export import Buckets, MetricsData

from .metric_data import Encoded, both_encoders, one_exponential, one_histogram, points_in


@both_encoders
@pytest.mark.parametrize("make", [one_histogram, one_exponential])
def test_minimum_and_maximum_that_were_not_recorded_are_absent(
    encoded: Encoded, make: Callable[..., MetricsData]
) -> None:
    # What the SDK's aggregations give with record_min_max=False.
    (point,) = points_in(encoded(make(min=float("inf"), max=float("-inf"))))

    assert not point.HasField("min")
    assert not point.HasField("max")


@both_encoders
@pytest.mark.parametrize(
    ("fields", "name", "nearest"),
    [
        ({"count": -1}, "count", 0),
        ({"count": 2**64}, "count", 2**64 - 1),
        ({"sum": 10**400}, "sum", float("inf")),
        ({"bucket_counts": [-1, 2, 2**64]}, "bucket_counts", [0, 2, 2**64 - 1]),
        ({"explicit_bounds": [10**400]}, "explicit_bounds", [float("inf")]),
    ],
)
def test_number_of_a_histogram_beyond_its_field_becomes_the_nearest(
    encoded: Encoded, fields: dict[str, Any], name: str, nearest: Any
) -> None:
    (point,) = points_in(encoded(one_histogram(**fields)))

    assert getattr(point, name) == nearest


@both_encoders
@pytest.mark.parametrize(
    ("fields", "name", "nearest"),
    [
        ({"scale": 2**31}, "scale", 2**31 - 1),
        ({"zero_count": -5}, "zero_count", 0),
        ({"flags": 2**32}, "flags", 2**32 - 1),
        ({"max": 10**400}, "max", float("inf")),
    ],
)
def test_number_of_an_exponential_histogram_beyond_its_field_becomes_the_nearest(
    encoded: Encoded, fields: dict[str, Any], name: str, nearest: Any
) -> None:
    assert getattr(points_in(encoded(one_exponential(**fields)))[0], name) == nearest


@both_encoders
@pytest.mark.parametrize("counts", [[-1, 5], [-1, 500], [2**64, 5], [2**70, -1]])
def test_bucket_count_beyond_64_bits_becomes_the_nearest(encoded: Encoded, counts: list[int]) -> None:
    (point,) = points_in(encoded(one_exponential(positive=Buckets(-(2**31) - 1, counts))))

    assert point.positive.bucket_counts == [min(max(count, 0), 2**64 - 1) for count in counts]
    assert point.positive.offset == -(2**31)
