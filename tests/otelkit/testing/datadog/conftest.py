"""An intake of each test's own."""

from collections.abc import Iterator

import pytest

from otelkit.testing.datadog import DatadogIntake


@pytest.fixture
def intake() -> Iterator[DatadogIntake]:
    with DatadogIntake() as intake:
        yield intake
