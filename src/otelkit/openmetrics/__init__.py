"""Metrics as a page that Prometheus scrapes, exemplars included.

The official exporter (opentelemetry-exporter-prometheus 0.66b1) writes no exemplars and no creation
times. Here: OpenMetrics 1.0 and, for who does not ask for that, Prometheus text 0.0.4, by the
specification "Prometheus and OpenMetrics Compatibility". It is `prometheus` in OTEL_METRICS_EXPORTER; the
service shows it at `/metrics` of its own port, from `Telemetry.openmetrics`.
(https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/)
"""

from otelkit.openmetrics.negotiation import Format, choose_format
from otelkit.openmetrics.reader import OpenMetricsReader

__all__ = ["Format", "OpenMetricsReader", "choose_format"]
