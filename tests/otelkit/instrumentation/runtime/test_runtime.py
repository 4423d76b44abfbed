"""Runtime metrics by the conventions, held against psutil, in a forked process and without /proc."""

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, Metric, Sum

from otelkit.instrumentation.runtime import RuntimeInstrumentor, readings
from tests.waiting import wait_until

Attributes = tuple[tuple[str, Any], ...]


@pytest.fixture
def reader() -> Iterator[InMemoryMetricReader]:
    """Reads this process, instrumented."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], shutdown_on_exit=False)
    RuntimeInstrumentor().instrument(meter_provider=provider)
    yield reader
    RuntimeInstrumentor().uninstrument()
    provider.shutdown()


def metrics_of(reader: InMemoryMetricReader) -> dict[str, Metric]:
    data = reader.get_metrics_data()
    groups = data.resource_metrics if data else ()
    return {
        metric.name: metric for group in groups for scope in group.scope_metrics for metric in scope.metrics
    }


def values_of(metric: Metric) -> dict[Attributes, float]:
    assert isinstance(metric.data, Sum)
    return {tuple((point.attributes or {}).items()): float(point.value) for point in metric.data.data_points}


def value_of(metric: Metric) -> float:
    (value,) = values_of(metric).values()
    return value


def test_names_units_and_kinds_are_those_of_the_conventions(reader: InMemoryMetricReader) -> None:
    found = {
        name: (metric.unit, isinstance(metric.data, Sum) and metric.data.is_monotonic)
        for name, metric in metrics_of(reader).items()
    }

    assert found == {
        "process.cpu.time": ("s", True),
        "process.memory.usage": ("By", False),
        "process.memory.virtual": ("By", False),
        "process.thread.count": ("{thread}", False),
        "process.unix.file_descriptor.count": ("{file_descriptor}", False),
        "process.context_switches": ("{context_switch}", True),
        "cpython.gc.collections": ("{collection}", True),
        "cpython.gc.collected_objects": ("{object}", True),
        "cpython.gc.uncollectable_objects": ("{object}", True),
    }


def test_values_are_those_that_psutil_finds(reader: InMemoryMetricReader) -> None:
    process = psutil.Process()
    metrics = metrics_of(reader)

    assert value_of(metrics["process.memory.usage"]) == pytest.approx(process.memory_info().rss, rel=0.05)
    assert value_of(metrics["process.memory.virtual"]) == pytest.approx(process.memory_info().vms, rel=0.05)
    # psutil counts the descriptor with which it lists them.
    assert value_of(metrics["process.unix.file_descriptor.count"]) == process.num_fds() - 1
    cpu = values_of(metrics["process.cpu.time"])
    assert cpu[("cpu.mode", "user"),] == pytest.approx(process.cpu_times().user, abs=0.5)
    assert cpu[("cpu.mode", "system"),] == pytest.approx(process.cpu_times().system, abs=0.5)


def test_thread_and_file_are_counted_while_they_are_there(reader: InMemoryMetricReader) -> None:
    def counted() -> tuple[float, float]:
        metrics = metrics_of(reader)
        names = ("process.thread.count", "process.unix.file_descriptor.count")
        return value_of(metrics[names[0]]), value_of(metrics[names[1]])

    wait_until(lambda: counted()[0] == psutil.Process().num_threads(), 5)  # a thread of before may linger
    threads, files = counted()
    done = threading.Event()
    waiting = threading.Thread(target=done.wait)
    waiting.start()
    with Path(os.devnull).open("rb"):
        while_there = counted()
    done.set()
    waiting.join()

    assert while_there == (threads + 1, files + 1)


def test_collection_is_counted_by_its_generation(reader: InMemoryMetricReader) -> None:
    def counted() -> tuple[float, float]:
        oldest, metrics = (("cpython.gc.generation", 2),), metrics_of(reader)
        names = ("cpython.gc.collections", "cpython.gc.collected_objects")
        return values_of(metrics[names[0]])[oldest], values_of(metrics[names[1]])[oldest]

    gc.collect()
    collections, objects = counted()
    ring: list[Any] = []
    ring.append(ring)
    del ring
    gc.collect()

    assert counted()[0] == collections + 1
    assert counted()[1] >= objects + 1


def test_context_switches_are_told_apart(reader: InMemoryMetricReader) -> None:
    kinds = values_of(metrics_of(reader)["process.context_switches"])

    assert set(kinds) == {
        (("process.context_switch.type", "voluntary"),),
        (("process.context_switch.type", "involuntary"),),
    }


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
