"""Providers that end with the test."""

from collections.abc import Callable, Iterator

import pytest
from opentelemetry.sdk.metrics.export import MetricReader

from otelkit import Telemetry

from .kept import Kept

MakeKept = Callable[..., Kept]
Start = Callable[..., Telemetry]


@pytest.fixture
def kept() -> Iterator[MakeKept]:
    made: list[Kept] = []

    def make(histograms: str = "direct", exemplars: str = "trace_based", *more: MetricReader) -> Kept:
        made.append(Kept(histograms, exemplars, *more))
        return made[-1]

    yield make
    for each in made:
        each.provider.shutdown()
