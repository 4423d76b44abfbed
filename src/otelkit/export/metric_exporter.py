"""The metric exporter: as the other two, and with the preferences that metrics have.

OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE (cumulative, delta, lowmemory) and
OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION (explicit_bucket_histogram,
base2_exponential_bucket_histogram), as the metrics exporter specification defines them.
(https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/)
"""

import logging
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricsData

from otelkit.encoding.metrics import encode_metric_requests
from otelkit.export.destination import Destination
from otelkit.export.metric_points import Point, points_of, tree_of
from otelkit.export.metric_preferences import read_aggregation, read_temporality
from otelkit.export.packing import pack
from otelkit.export.payload import Payload
from otelkit.export.waiting import SHUTDOWN_TIMEOUT_SECONDS, Waiting
from otelkit.signals import Signal

_log = logging.getLogger(__name__)


class WaitingMetricExporter(Waiting, MetricExporter):
    """Exports metrics: queues each collection in bytes, and offers it until a receiver takes it."""

    signal = Signal.METRICS

    def __init__(
        self,
        *,
        queue_bytes: int | None = None,
        destination: Destination | None = None,
        meter_provider: MeterProvider | None = None,
        shutdown_timeout_seconds: float = SHUTDOWN_TIMEOUT_SECONDS,
    ) -> None:
        MetricExporter.__init__(self, read_temporality(), read_aggregation())
        Waiting.__init__(
            self,
            queue_bytes=queue_bytes,
            destination=destination,
            meter_provider=meter_provider,
            shutdown_timeout_seconds=shutdown_timeout_seconds,
        )

    def export(
        self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: object
    ) -> MetricExportResult:
        """Queue one collection; FAILURE when any of it was lost. It waits for nothing, so no timeout."""
        taken = self._offer_collection(metrics_data)
        return MetricExportResult.SUCCESS if taken else MetricExportResult.FAILURE

    def shutdown(self, timeout_millis: float | None = None, **kwargs: object) -> None:
        """Deliver what waits within the bound; the SDK's reader says `timeout`, in milliseconds."""
        asked = kwargs.get("timeout", timeout_millis)
        Waiting.shutdown(self, asked if isinstance(asked, int | float) else None)

    def _offer_collection(self, data: MetricsData) -> bool:
        try:
            if not self.encodes_directly:
                return self.offer_payloads(*pack(points_of(data), _encode_points))
            encoded = encode_metric_requests(data)
            payloads = [Payload(*request) for request in encoded.requests]
            return self.offer_payloads(payloads, encoded.lost_points, encoded.reason)
        except Exception:  # noqa: BLE001 - a defect here must not reach the reader's thread
            _log.exception("a collection of metrics could not be queued")
            return False


def _encode_points(points: Sequence[Point]) -> bytes:
    return encode_metrics(tree_of(points)).SerializeToString()
