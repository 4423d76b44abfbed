"""The periodic metric reader, which does not collect while the process forks.

A collection holds the SDK's locks of readers, instruments and their points for milliseconds. The SDK's
own reader renews its thread in a forked child but none of those locks, so a worker forked at that
moment would wait for ever at its first measurement. Here a fork waits for the collection to end.
"""

import time
from collections.abc import Callable
from threading import Event, Lock

from opentelemetry.sdk.metrics import Histogram
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    MetricExporter,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.metrics.view import Aggregation, DefaultAggregation, ExplicitBucketHistogramAggregation

from otelkit.export import fork


class PeriodicReader(PeriodicExportingMetricReader):
    """Collects every OTEL_METRIC_EXPORT_INTERVAL milliseconds and hands over to the exporter."""

    complete: Callable[[MetricsData | None], MetricsData | None]  # see otelkit.histograms

    def __init__(self, exporter: MetricExporter) -> None:
        self.complete = lambda collected: collected
        self._has_received = False
        self._collecting = Lock()
        self._is_held_for_fork = False
        super().__init__(exporter)
        fork.watch(self)

    def collect(  # type: ignore[misc]  # final by the SDK, which has no other place around a collection
        self, timeout_millis: float = 10_000
    ) -> None:
        """Collect once; a fork waits for the end of it."""
        with self._collecting:
            self._has_received = False
            super().collect(timeout_millis)
            if not self._has_received:  # the SDK had nothing to report
                self._export(self.complete(None), timeout_millis)

    @property
    def takes_plain_histograms(self) -> bool:
        """Whether the exporter wants histograms cumulative, with the buckets that the instrument asks for."""
        exporter = self._exporter
        temporality = (exporter._preferred_temporality or {}).get(Histogram)  # noqa: SLF001 - as the SDK's reader
        aggregation = (exporter._preferred_aggregation or {}).get(Histogram)  # noqa: SLF001 - as above
        return temporality in (None, AggregationTemporality.CUMULATIVE) and _is_plain(aggregation)

    def _receive_metrics(
        self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: object
    ) -> None:
        self._has_received = True
        self._export(self.complete(metrics_data), timeout_millis)

    def _export(self, data: MetricsData | None, timeout_millis: float) -> None:
        if data is not None:
            super()._receive_metrics(data, timeout_millis)

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


def _is_plain(aggregation: Aggregation | None) -> bool:
    if aggregation is None or type(aggregation) is DefaultAggregation:
        return True
    plain = ExplicitBucketHistogramAggregation()
    return type(aggregation) is type(plain) and vars(aggregation) == vars(plain)
