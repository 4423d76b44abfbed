"""The names under which an exporter appears in the SDK's own metrics.

As the stock OTLP exporters name themselves (`otel.component.type`, `otel.component.name`,
`server.address`, `server.port`), so that a dashboard made for them shows these too.
"""

from itertools import count
from typing import NamedTuple

from opentelemetry.semconv._incubating.attributes.otel_attributes import (
    OTEL_COMPONENT_NAME,
    OTEL_COMPONENT_TYPE,
    OtelComponentTypeValues,
)
from opentelemetry.semconv._incubating.metrics import otel_metrics
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT

from otelkit.export.destination import Destination, Protocol
from otelkit.signals import Signal


class MetricNames(NamedTuple):
    """Names for one signal: of the two metrics, of their unit, and of the items in plain words."""

    exported: str
    inflight: str
    unit: str
    plural: str


_NAMES = {
    Signal.TRACES: MetricNames(
        otel_metrics.OTEL_SDK_EXPORTER_SPAN_EXPORTED,
        otel_metrics.OTEL_SDK_EXPORTER_SPAN_INFLIGHT,
        "{span}",
        "spans",
    ),
    Signal.METRICS: MetricNames(
        otel_metrics.OTEL_SDK_EXPORTER_METRIC_DATA_POINT_EXPORTED,
        otel_metrics.OTEL_SDK_EXPORTER_METRIC_DATA_POINT_INFLIGHT,
        "{data_point}",
        "metric data points",
    ),
    Signal.LOGS: MetricNames(
        otel_metrics.OTEL_SDK_EXPORTER_LOG_EXPORTED,
        otel_metrics.OTEL_SDK_EXPORTER_LOG_INFLIGHT,
        "{log_record}",
        "log records",
    ),
}
_TYPES = {
    (Signal.TRACES, Protocol.GRPC): OtelComponentTypeValues.OTLP_GRPC_SPAN_EXPORTER,
    (Signal.TRACES, Protocol.HTTP): OtelComponentTypeValues.OTLP_HTTP_SPAN_EXPORTER,
    (Signal.METRICS, Protocol.GRPC): OtelComponentTypeValues.OTLP_GRPC_METRIC_EXPORTER,
    (Signal.METRICS, Protocol.HTTP): OtelComponentTypeValues.OTLP_HTTP_METRIC_EXPORTER,
    (Signal.LOGS, Protocol.GRPC): OtelComponentTypeValues.OTLP_GRPC_LOG_EXPORTER,
    (Signal.LOGS, Protocol.HTTP): OtelComponentTypeValues.OTLP_HTTP_LOG_EXPORTER,
}
_numbers = {kind: count() for kind in _TYPES.values()}


def metric_names(signal: Signal) -> MetricNames:
    """Look up the names for a signal."""
    return _NAMES[signal]


def attributes_of(destination: Destination) -> dict[str, str | int]:
    """Attributes for a new exporter; each call takes the next number of its type."""
    kind = _TYPES[destination.signal, destination.protocol]
    attributes: dict[str, str | int] = {
        OTEL_COMPONENT_TYPE: kind.value,
        OTEL_COMPONENT_NAME: f"{kind.value}/{next(_numbers[kind])}",
    }
    if destination.server_address:
        attributes[SERVER_ADDRESS] = destination.server_address
    if destination.server_port is not None:
        attributes[SERVER_PORT] = destination.server_port
    return attributes
