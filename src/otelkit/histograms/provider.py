"""The SDK's meter provider with our histograms, which its readers join to what they collect."""

from collections.abc import Callable, Sequence
from threading import Lock
from time import time_ns
from typing import Protocol, runtime_checkable

from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import Meter as SdkMeter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Histogram,
    Metric,
    MetricReader,
    MetricsData,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.util.types import Attributes

from otelkit.errors import ConfigurationError
from otelkit.export import fork
from otelkit.histograms.exemplar_filter import SDK_FILTERS, ExemplarFilterName
from otelkit.histograms.histogram import DirectHistogram
from otelkit.histograms.joining import join
from otelkit.histograms.meter import DirectMeter


@runtime_checkable
class JoiningReader(Protocol):
    """A reader that asks for more before it hands metrics on."""

    complete: Callable[[MetricsData | None], MetricsData | None]

    @property
    def takes_plain_histograms(self) -> bool:
        """Whether it wants them cumulative, with the buckets that the instrument asks for."""


def suits(reader: MetricReader) -> bool:
    """Whether our histograms reach this reader, in the form that it prefers."""
    return isinstance(reader, JoiningReader) and reader.takes_plain_histograms


class DirectMeterProvider(MeterProvider):
    """Its meters create our histograms; everything else is the SDK's."""

    def __init__(
        self,
        readers: Sequence[MetricReader],
        resource: Resource,
        exemplars: ExemplarFilterName = "trace_based",
    ) -> None:
        self._exemplars = exemplars
        self._direct_meters: dict[SdkMeter, DirectMeter] = {}
        self._direct_meters_lock = Lock()
        self._joining_readers = 0
        fork.watch(self)
        super().__init__(readers, resource, SDK_FILTERS[exemplars](), shutdown_on_exit=False)
        for reader in readers:
            self._join_to(reader)

    def get_meter(
        self,
        name: str,
        version: str | None = None,
        schema_url: str | None = None,
        attributes: Attributes = None,
    ) -> Meter:
        """One meter for each scope; the API's that measures nothing, where the SDK returns that."""
        found = super().get_meter(name, version, schema_url, attributes)
        if not isinstance(found, SdkMeter):
            return found
        with self._direct_meters_lock:
            return self._direct_meters.setdefault(found, DirectMeter(found, self._exemplars))

    def add_metric_reader(self, metric_reader: MetricReader) -> None:
        """Let one more reader collect.

        Raises:
            ConfigurationError: the histograms would not reach it as it wants them.
        """
        if not suits(metric_reader):
            raise ConfigurationError(
                f"{type(metric_reader).__name__} would get no histograms: set OTELKIT_HISTOGRAMS=sdk"
            )
        super().add_metric_reader(metric_reader)
        self._join_to(metric_reader)

    def hold_for_fork(self) -> None:
        """Nothing: a record holds a lock for less than a microsecond, and the child gets new ones."""

    def rest_for_fork(self, deadline: float) -> None:
        """Nothing, likewise."""

    def release_after_fork(self) -> None:
        """Nothing was held."""

    def begin_anew_in_child(self) -> None:
        """Give the child locks that nobody holds."""
        self._direct_meters_lock = Lock()
        for meter in list(self._direct_meters.values()):
            meter.begin_anew_in_child()

    def _join_to(self, reader: MetricReader) -> None:
        if not isinstance(reader, JoiningReader):
            raise TypeError(f"{type(reader).__name__} cannot take histograms")
        number = self._joining_readers
        self._joining_readers += 1
        reader.complete = lambda collected: join(collected, self._collect(number), self._sdk_config.resource)

    def _collect(self, reader: int) -> dict[InstrumentationScope, list[Metric]]:
        now, found = time_ns(), dict[InstrumentationScope, list[Metric]]()
        for meter in list(self._direct_meters.values()):
            for histogram in meter.histograms:
                metric = _metric(histogram, reader, now)
                if metric:
                    found.setdefault(histogram.definition.instrumentation_scope, []).append(metric)
        return found


def _metric(histogram: DirectHistogram, reader: int, now_unix_nano: int) -> Metric | None:
    points = histogram.points(reader, now_unix_nano)
    of = histogram.definition
    data = Histogram(points, AggregationTemporality.CUMULATIVE)
    return Metric(of.name, of.description, of.unit, data) if points else None
