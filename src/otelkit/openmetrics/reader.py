"""The metric reader behind the page: it collects when it is asked, and keeps nothing in between.

One collection at a time, so that scrapers that come too often wait for each other and do not add up.
"""

import logging
from collections.abc import Callable
from threading import Lock

from opentelemetry.sdk.metrics import (
    Counter,
    Histogram,
    ObservableCounter,
    ObservableGauge,
    ObservableUpDownCounter,
    UpDownCounter,
)
from opentelemetry.sdk.metrics.export import AggregationTemporality, MetricReader, MetricsData

from otelkit.openmetrics.families import families_of
from otelkit.openmetrics.negotiation import Format
from otelkit.openmetrics.text import write_page

_ALL = (Counter, Histogram, ObservableCounter, ObservableGauge, ObservableUpDownCounter, UpDownCounter)
_MOST_TOLD = 100

_log = logging.getLogger(__name__)


class OpenMetricsReader(MetricReader):
    """Shows the metrics of this process, cumulative since its start, as a page."""

    complete: Callable[[MetricsData | None], MetricsData | None]  # see otelkit.histograms
    takes_plain_histograms = True

    def __init__(self) -> None:
        self.complete = lambda collected: collected
        super().__init__(preferred_temporality=dict.fromkeys(_ALL, AggregationTemporality.CUMULATIVE))
        self._collecting = Lock()
        self._data: MetricsData | None = None
        self._told: set[str] = set()

    def page(self, form: Format = Format.OPENMETRICS) -> bytes:
        """Collect and write the page, in UTF-8; takes milliseconds, in which callbacks of gauges run."""
        with self._collecting:
            self._data = None
            self.collect()
            data, self._data = self._data, None
        return write_page(families_of(self.complete(data), self._tell), form)

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        """Nothing waits: who wants the numbers asks for them."""
        return True

    def shutdown(self, timeout_millis: float = 30_000, **_: object) -> None:
        """Nothing is held."""

    def _receive_metrics(
        self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: object
    ) -> None:
        self._data = metrics_data

    def _tell(self, message: str) -> None:
        """Say once what the page leaves out: it is scraped every few seconds."""
        if message not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(message)
            _log.warning("left out of the OpenMetrics page: %s", message)
