"""A process that sends all three signals at a steady rate and writes down what it has sent.

python -m tests.e2e.drills.steady_signals RATE SECONDS FILE

Each span is one line `trace span`, and has one log record whose text is the span's id. A counter counts its
own collections, so that each exported point has a value of its own; the last one ends the file.
"""

import logging
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from opentelemetry import metrics, trace
from opentelemetry.metrics import CallbackOptions, Observation

from otelkit import configure

SERVICE = "steady-signals"
SPANS_A_TRACE = 50
collections = 0


def _count(_: CallbackOptions) -> Iterable[Observation]:
    global collections  # noqa: PLW0603 - the reader calls from its own thread, one at a time
    collections += 1
    return [Observation(collections)]


def _emit(number: int, parent: trace.Span | None, ids: TextIO) -> trace.Span:
    """End one span with its log record; every so many begin a new trace."""
    begins = parent is None or number % SPANS_A_TRACE == 0
    context = None if begins or parent is None else trace.set_span_in_context(parent)
    with trace.get_tracer(__name__).start_as_current_span("steady", context) as span:
        found = span.get_span_context()
        logging.getLogger(__name__).info("%016x", found.span_id)
        ids.write(f"{found.trace_id:032x} {found.span_id:016x}\n")
    return span if begins or parent is None else parent


def main(rate: int, seconds: float, file: Path) -> None:
    """Emit, then shut down as a service does."""
    telemetry = configure(SERVICE)
    logging.getLogger().setLevel(logging.INFO)
    metrics.get_meter(__name__).create_observable_counter("drill.collections", [_count])
    start, done, parent = time.monotonic(), 0, None
    with file.open("w", encoding="ascii") as ids:
        while (elapsed := time.monotonic() - start) < seconds:
            while done < elapsed * rate:
                parent = _emit(done, parent, ids)
                done += 1
            time.sleep(0.01)
        telemetry.shutdown()
        ids.write(f"{collections}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
