"""The periodic metric reader, which does not collect while the process forks.

A collection holds the SDK's locks of readers, instruments and their points for milliseconds. The SDK's
own reader renews its thread in a forked child but none of those locks, so a worker forked at that
moment would wait for ever at its first measurement. Here a fork waits for the collection to end.
"""

import time
from threading import Event, Lock

from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader

from otelkit.export import fork


class PeriodicReader(PeriodicExportingMetricReader):
    """Collects every OTEL_METRIC_EXPORT_INTERVAL milliseconds and hands over to the exporter."""

    def __init__(self, exporter: MetricExporter) -> None:
        self._collecting = Lock()
        self._is_held_for_fork = False
        super().__init__(exporter)
        fork.watch(self)

    def collect(  # type: ignore[misc]  # final by the SDK, which has no other place around a collection
        self, timeout_millis: float = 10_000
    ) -> None:
        """Collect once; a fork waits for the end of it."""
        with self._collecting:
            super().collect(timeout_millis)

    def hold_for_fork(self) -> None:
        """Nothing yet: a collection under way may wait for others that are held."""

    def rest_for_fork(self, deadline: float) -> None:
        """Wait until no collection is under way, by the monotonic deadline."""
        self._is_held_for_fork = self._collecting.acquire(timeout=max(0.0, deadline - time.monotonic()))

    def release_after_fork(self) -> None:
        """Go on in the parent."""
        if self._is_held_for_fork:
            self._collecting.release()

    def begin_anew_in_child(self) -> None:
        """Give the thread that the SDK begins in the child locks that nobody holds."""
        self._collecting = Lock()
        if not self._shutdown_event.is_set():
            self._shutdown_event = Event()
