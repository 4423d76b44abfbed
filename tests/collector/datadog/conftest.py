"""An intake, and a Collector in front of it that samples nothing away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from otelkit.testing.datadog import DatadogIntake
from tests.collector.datadog.process import ToDatadog


@pytest.fixture
def own_intake() -> Iterator[DatadogIntake]:
    """An intake for one test that lets it fail."""
    with DatadogIntake() as intake:
        yield intake


@pytest.fixture(scope="module")
def intake() -> Iterator[DatadogIntake]:
    with DatadogIntake() as intake:
        yield intake


@pytest.fixture(scope="module")
def to_datadog(
    vendors_binary: Path, intake: DatadogIntake, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ToDatadog]:
    with ToDatadog(vendors_binary, tmp_path_factory.mktemp("datadog"), intake) as collector:
        yield collector
