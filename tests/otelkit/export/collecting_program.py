"""Forks amid a collection of metrics; the child measures and collects.

Started by test_fork.py, with `sdk` for the SDK's reader and `adopted` for it in a process that adopt() took
over; exits with 1 when the child hung.
"""

import io
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from threading import Event

from opentelemetry import _logs, metrics, trace
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider

from otelkit import adopt
from otelkit.export import PeriodicReader

CHILD_SECONDS = 2


def main() -> int:
    warnings.simplefilter("ignore", DeprecationWarning)  # it forks while it has threads: on purpose
    reader_type = PeriodicReader if "otelkit" in sys.argv else PeriodicExportingMetricReader
    reader = reader_type(ConsoleMetricExporter(out=io.StringIO(), formatter=lambda _: ""))
    provider = MeterProvider([reader], shutdown_on_exit=False)
    if "adopted" in sys.argv:
        metrics.set_meter_provider(provider)
        trace.set_tracer_provider(TracerProvider(shutdown_on_exit=False))
        _logs.set_logger_provider(LoggerProvider(shutdown_on_exit=False))
        adopt()
    meter = provider.get_meter("collecting")
    collecting, forked, parent = Event(), Event(), os.getpid()

    def observe(_: CallbackOptions) -> Iterator[Observation]:
        if os.getpid() == parent:
            collecting.set()
            forked.wait(0.5)  # a fork that waits for the end of the collection does not wait longer
        yield Observation(1)

    meter.create_observable_gauge("amid", [observe])
    collecting.wait(10)
    child = os.fork()
    if child == 0:
        signal.alarm(CHILD_SECONDS)
        meter.create_counter("measured").add(1)
        provider.force_flush()
        os._exit(0)
    forked.set()
    return int(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0)


if __name__ == "__main__":
    sys.exit(main())
