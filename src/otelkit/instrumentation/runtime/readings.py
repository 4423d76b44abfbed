"""What is read, and how each reading is named: one line a metric.

Sources: getrusage(2), proc(5) (statm, task, fd), and `gc.get_stats()`, as the conventions say.
"""

import gc
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from opentelemetry.metrics import Observation
from opentelemetry.semconv._incubating.attributes.cpu_attributes import CPU_MODE
from opentelemetry.semconv._incubating.attributes.cpython_attributes import CPYTHON_GC_GENERATION
from opentelemetry.semconv._incubating.attributes.process_attributes import PROCESS_CONTEXT_SWITCH_TYPE
from opentelemetry.semconv._incubating.metrics import cpython_metrics, process_metrics

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]  # looked at before use

_PROC = Path("/proc/self")

Observe = Callable[[], Iterable[Observation]]


class Kind(Enum):
    """Whether a number only grows."""

    COUNTER = 1
    UP_DOWN_COUNTER = 2


@dataclass(frozen=True)
class Reading:
    """One metric; `observe` reads its points now."""

    name: str
    kind: Kind
    unit: str
    description: str
    observe: Observe

    def works(self) -> bool:
        """Whether this system tells it."""
        try:
            return bool(list(self.observe()))
        except (OSError, AttributeError):  # no /proc, no `resource`, or not for us to read
            return False


def _cpu_time() -> Iterable[Observation]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    yield Observation(usage.ru_utime, {CPU_MODE: "user"})
    yield Observation(usage.ru_stime, {CPU_MODE: "system"})


def _context_switches() -> Iterable[Observation]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    yield Observation(usage.ru_nvcsw, {PROCESS_CONTEXT_SWITCH_TYPE: "voluntary"})
    yield Observation(usage.ru_nivcsw, {PROCESS_CONTEXT_SWITCH_TYPE: "involuntary"})


def _pages(column: int) -> Observe:
    def observe() -> Iterable[Observation]:
        pages = int((_PROC / "statm").read_text(encoding="ascii").split()[column])
        yield Observation(pages * os.sysconf("SC_PAGE_SIZE"))

    return observe


def _entries(folder: str, *, but: int = 0) -> Observe:
    def observe() -> Iterable[Observation]:
        yield Observation(len(list((_PROC / folder).iterdir())) - but)

    return observe


def _collector(statistic: str) -> Observe:
    def observe() -> Iterable[Observation]:
        for generation, statistics in enumerate(gc.get_stats()):
            yield Observation(statistics[statistic], {CPYTHON_GC_GENERATION: generation})

    return observe


_UP, _BOTH = Kind.COUNTER, Kind.UP_DOWN_COUNTER
_CPU, _MEMORY = process_metrics.PROCESS_CPU_TIME, process_metrics.PROCESS_MEMORY_USAGE
_SWITCHES, _VIRTUAL = process_metrics.PROCESS_CONTEXT_SWITCHES, process_metrics.PROCESS_MEMORY_VIRTUAL
_THREADS = process_metrics.PROCESS_THREAD_COUNT
_DESCRIPTORS = process_metrics.PROCESS_UNIX_FILE_DESCRIPTOR_COUNT
_RUNS, _FREED = cpython_metrics.CPYTHON_GC_COLLECTIONS, cpython_metrics.CPYTHON_GC_COLLECTED_OBJECTS
_STUCK = cpython_metrics.CPYTHON_GC_UNCOLLECTABLE_OBJECTS

READINGS = (
    Reading(_CPU, _UP, "s", "Processor time of all threads.", _cpu_time),
    Reading(_MEMORY, _BOTH, "By", "Physical memory in use.", _pages(1)),
    Reading(_VIRTUAL, _BOTH, "By", "Virtual memory.", _pages(0)),
    Reading(_THREADS, _BOTH, "{thread}", "Threads of the operating system.", _entries("task")),
    # But one: that of the listing itself.
    Reading(_DESCRIPTORS, _BOTH, "{file_descriptor}", "Open file descriptors.", _entries("fd", but=1)),
    Reading(_SWITCHES, _UP, "{context_switch}", "Context switches of all threads.", _context_switches),
    Reading(_RUNS, _UP, "{collection}", "Collections of each generation.", _collector("collections")),
    Reading(_FREED, _UP, "{object}", "Objects freed by collections.", _collector("collected")),
    Reading(_STUCK, _UP, "{object}", "Objects that no collection can free.", _collector("uncollectable")),
)
