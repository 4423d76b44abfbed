"""Runtime metrics of a forked process, of a system that tells little, and of one that is to tell nothing."""

import os
from pathlib import Path

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from otelkit.instrumentation.runtime import RuntimeInstrumentor, readings

from .points import metrics_of, value_of


def test_forked_process_tells_of_itself(reader: InMemoryMetricReader) -> None:
    def files() -> int:
        return int(value_of(metrics_of(reader)["process.unix.file_descriptor.count"]))

    ours = files()
    child = os.fork()
    if child == 0:
        more = -1
        try:
            for _ in range(3):
                os.open(os.devnull, os.O_RDONLY)
            more = files() - ours
        finally:
            os._exit(more)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 3
    assert files() == ours


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
