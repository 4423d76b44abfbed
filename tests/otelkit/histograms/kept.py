"""A provider with both readers, over which metrics are read as OTLP and from the page."""

import re
from typing import Any

from opentelemetry.metrics import Meter
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricReader, MetricsData
from opentelemetry.sdk.resources import Resource

from otelkit.encoding.metrics import encode_metrics
from otelkit.export import PeriodicReader
from otelkit.histograms import make_meter_provider
from otelkit.openmetrics import OpenMetricsReader

_TIMES = re.compile(r"^\S+_created.*\n|(?<=[0-9a-z]) [0-9]+\.[0-9]+$", re.MULTILINE)


class Keeper(MetricExporter):
    """Keeps what a reader exports."""

    def __init__(self, **preferences: Any) -> None:
        super().__init__(**preferences)
        self.kept: list[MetricsData] = []

    def export(
        self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: object
    ) -> MetricExportResult:
        self.kept.append(metrics_data)
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        return True

    def shutdown(self, timeout_millis: float = 30_000, **_: object) -> None:
        pass


class Kept:
    """One provider; `histograms` is what OTELKIT_HISTOGRAMS says."""

    def __init__(
        self, histograms: str = "direct", exemplars: str = "trace_based", *more: MetricReader
    ) -> None:
        self.exporter, self.page_reader = Keeper(), OpenMetricsReader()
        self.reader = PeriodicReader(self.exporter)
        environ = {"OTELKIT_HISTOGRAMS": histograms, "OTEL_METRICS_EXEMPLAR_FILTER": exemplars}
        readers = [self.reader, self.page_reader, *more]
        self.provider: MeterProvider = make_meter_provider(
            readers, Resource({"service.name": "shop"}), environ
        )
        self.meter: Meter = self.provider.get_meter("shop", "1.0", "https://example.com/1")

    def collect(self) -> MetricsData | None:
        """What one collection of the periodic reader exports."""
        self.exporter.kept.clear()
        self.reader.collect()
        return self.exporter.kept[0] if self.exporter.kept else None

    def otlp(self) -> list[Any]:
        """Metrics of one collection as OTLP, without times."""
        collected = self.collect()
        if collected is None:
            return []
        request = ExportMetricsServiceRequest.FromString(encode_metrics(collected))
        return [
            (each.scope, _without_times(each.metrics)) for each in request.resource_metrics[0].scope_metrics
        ]

    def page(self) -> list[str]:
        """Lines of the page, without times."""
        return sorted(_TIMES.sub("", self.page_reader.page().decode()).splitlines())

    def points(self) -> list[Any]:
        """All histogram points of one collection."""
        collected = self.collect()
        scopes = collected.resource_metrics[0].scope_metrics if collected else []
        return [point for scope in scopes for metric in scope.metrics for point in metric.data.data_points]


def _without_times(metrics: Any) -> list[Any]:
    for metric in metrics:
        for point in getattr(metric, metric.WhichOneof("data")).data_points:
            point.start_time_unix_nano = point.time_unix_nano = 0
            for exemplar in point.exemplars:
                exemplar.time_unix_nano = 0
    return sorted(metrics, key=lambda metric: metric.name)
