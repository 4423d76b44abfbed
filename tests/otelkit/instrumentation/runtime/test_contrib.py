"""Why contrib's system-metrics is not used: each of these turns red when upstream mends it."""

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.instrumentation.system_metrics import SystemMetricsInstrumentor
from opentelemetry.sdk.metrics import MeterProvider, ObservableCounter
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader

from .points import metrics_of, values_of

CONFIG = {
    "process.cpu.time": ["user", "system"],
    "process.runtime.gc_count": None,
}


@pytest.fixture
def reader() -> Iterator[InMemoryMetricReader]:
    """Reads this process by contrib's instrumentation, counters as deltas."""
    reader = InMemoryMetricReader({ObservableCounter: AggregationTemporality.DELTA})
    provider = MeterProvider([reader], shutdown_on_exit=False)
    instrumentor = SystemMetricsInstrumentor(config=CONFIG)
    instrumentor.instrument(meter_provider=provider)
    yield reader
    instrumentor.uninstrument()
    provider.shutdown()


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="contrib: `type` in place of `cpu.mode`")
def test_modes_of_the_processor_are_named_as_the_conventions_say(reader: InMemoryMetricReader) -> None:
    found = values_of(metrics_of(reader)["process.cpu.time"])

    assert {name for attributes in found for name, _ in attributes} == {"cpu.mode"}


FORK = """
import os
from opentelemetry.instrumentation.system_metrics import SystemMetricsInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

reader = InMemoryMetricReader()
SystemMetricsInstrumentor(config={"process.open_file_descriptor.count": None}).instrument(
    meter_provider=MeterProvider([reader], shutdown_on_exit=False)
)

def files():
    (resource,) = reader.get_metrics_data().resource_metrics
    (scope,) = resource.scope_metrics
    return scope.metrics[0].data.data_points[0].value

ours = files()
if os.fork() == 0:
    for _ in range(3):
        os.open(os.devnull, os.O_RDONLY)
    os._exit(max(0, files() - ours))
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="contrib: psutil.Process of the parent")
def test_forked_process_tells_of_itself() -> None:
    command = [sys.executable, "-c", FORK]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)

    assert done.stdout.split() == ["3"]


@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason="contrib#2861: a counter of what goes down, too"
)
def test_counter_of_collections_only_grows(reader: InMemoryMetricReader) -> None:
    kept = [[] for _ in range(400)]  # type: ignore[var-annotated]  # what the collector counts until it runs
    metrics_of(reader)
    gc.collect()
    grown = values_of(metrics_of(reader)["process.runtime.cpython.gc_count"])

    assert kept
    assert min(grown.values()) >= 0
