"""This process, instrumented, and a reader of its metrics."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from otelkit.instrumentation.runtime import RuntimeInstrumentor


@pytest.fixture
def reader() -> Iterator[InMemoryMetricReader]:
    """Reads this process, instrumented."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], shutdown_on_exit=False)
    RuntimeInstrumentor().instrument(meter_provider=provider)
    yield reader
    RuntimeInstrumentor().uninstrument()
    provider.shutdown()
