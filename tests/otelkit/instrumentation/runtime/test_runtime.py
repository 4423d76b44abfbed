"""Runtime metrics by the conventions, held against psutil and against what happens."""

import gc
import os
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, Sum

from tests.waiting import wait_until

from .points import metrics_of, value_of, values_of


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
