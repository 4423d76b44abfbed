"""No measurement is lost or counted twice between threads, and no forked child waits for a lock."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest
from opentelemetry.metrics import Histogram

from .conftest import MakeKept
from .kept import Kept

THREADS, RECORDS = 4, 5000
CHILD_SECONDS = 10


def test_threads_and_collections_at_once_lose_no_measurement(kept: MakeKept) -> None:
    side = kept(exemplars="always_on")
    histogram = side.meter.create_histogram("h")

    def measure(thread: int) -> None:
        for number in range(RECORDS):
            histogram.record(number % 7, {"set": (number + thread) % 50})

    with ThreadPoolExecutor(THREADS) as pool:
        done = [pool.submit(measure, thread) for thread in range(THREADS)]
        counts = []
        while not all(each.done() for each in done):
            counts.append(sum(point.count for point in side.points()))

    points = side.points()
    assert counts == sorted(counts)
    assert sum(point.count for point in points) == THREADS * RECORDS
    assert sum(point.sum for point in points) == THREADS * sum(number % 7 for number in range(RECORDS))
    assert all(sum(point.bucket_counts) == point.count for point in points)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")  # on purpose
def test_child_forked_while_others_measure_measures_and_collects(kept: MakeKept) -> None:
    side = kept()
    histogram = side.meter.create_histogram("h")
    end = Event()

    def measure() -> None:
        number = 0
        while not end.is_set():
            number += 1
            histogram.record(1, {"set": str(number % 3000)})

    threads = [Thread(target=measure) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        all_well = all(_fork(lambda: _child(side, histogram)) == 0 for _ in range(20))
    finally:
        end.set()
        for thread in threads:
            thread.join()
    assert all_well


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")  # on purpose
def test_lock_that_another_thread_holds_does_not_reach_the_child(kept: MakeKept) -> None:
    side = kept()
    histogram = side.meter.create_histogram("h")
    histogram.record(1)
    held, end = Event(), Event()

    def hold() -> None:
        with histogram._lock:  # type: ignore[attr-defined]  # as amid a record
            held.set()
            end.wait(CHILD_SECONDS)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold)
        assert held.wait(CHILD_SECONDS)
        outcome = _fork(lambda: _child(side, histogram))
        end.set()

    assert outcome == 0


def test_record_amid_a_record_is_counted_and_does_not_wait_for_itself(kept: MakeKept) -> None:
    side = kept()
    histogram = side.meter.create_histogram("h")
    inner = []

    class Amount(float):
        """Compared in the middle of a record, where a finalizer may run, too."""

        def __lt__(self, other: float) -> bool:
            inner.append(other)
            histogram.record(1)
            return super().__lt__(other)

    thread = Thread(target=histogram.record, args=(Amount(2),), daemon=True)
    thread.start()
    thread.join(CHILD_SECONDS)

    assert not thread.is_alive()
    (point,) = side.points()
    assert (point.count, point.sum) == (len(inner) + 1, len(inner) + 2)


def _child(side: Kept, histogram: Histogram) -> None:
    histogram.record(1, {"child": True})
    side.provider.get_meter("child").create_histogram("of.child").record(1)
    points = side.points()
    assert any(
        point.attributes == {"child": True} or "otel.metric.overflow" in point.attributes for point in points
    )


def _fork(work: Callable[[], None]) -> int:
    """Exit code of a child that does the work; 99 when it fails, below zero when it hangs."""
    child = os.fork()
    if child == 0:
        signal.alarm(CHILD_SECONDS)
        try:
            work()
        except BaseException:  # noqa: BLE001 - nothing of pytest may run on in the child
            os._exit(99)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
