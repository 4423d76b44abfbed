"""Runtime metrics of a forked process, of a system that tells little, and of one that is to tell nothing."""

import subprocess
import sys
from pathlib import Path

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from otelkit.instrumentation.runtime import RuntimeInstrumentor, readings

from .points import metrics_of

# In a process of its own: what libraries that other tests have loaded do at a fork opens files, too.
FORK = """
import os
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from otelkit.instrumentation.runtime import RuntimeInstrumentor

reader = InMemoryMetricReader()
RuntimeInstrumentor().instrument(meter_provider=MeterProvider([reader], shutdown_on_exit=False))

def files():
    (resource,) = reader.get_metrics_data().resource_metrics
    (scope,) = resource.scope_metrics
    (metric,) = (one for one in scope.metrics if one.name == "process.unix.file_descriptor.count")
    return metric.data.data_points[0].value

ours = files()
if os.fork() == 0:
    for _ in range(3):
        os.open(os.devnull, os.O_RDONLY)
    os._exit(files() - ours)
_, status = os.wait()
print(os.waitstatus_to_exitcode(status), files() - ours)
"""


def test_forked_process_tells_of_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK], capture_output=True, text=True, check=True, timeout=30
    )

    assert done.stdout.split() == ["3", "0"]


def test_what_is_not_told_is_not_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(readings, "_PROC", tmp_path / "none")
    monkeypatch.setattr(readings, "resource", None)
    reader = InMemoryMetricReader()
    RuntimeInstrumentor().instrument(meter_provider=MeterProvider([reader], shutdown_on_exit=False))
    found = set(metrics_of(reader))
    RuntimeInstrumentor().uninstrument()

    assert found == {
        f"cpython.gc.{name}" for name in ("collections", "collected_objects", "uncollectable_objects")
    }


def test_uninstrumented_process_tells_nothing(reader: InMemoryMetricReader) -> None:
    RuntimeInstrumentor().uninstrument()
    silent = metrics_of(reader)
    RuntimeInstrumentor().instrument(meter_provider=MeterProvider(shutdown_on_exit=False))

    assert not {name for name, metric in silent.items() if list(metric.data.data_points)}
