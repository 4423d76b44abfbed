"""What stands around the points of a metric: name, kind, temporality.

Role: everything of message Metric that is not a point. Decision: the kind of data decides the field and the
encoder of its points; classes derived from the SDK's kinds count as these.
Convention: opentelemetry-proto 1.x, metrics.proto, message Metric.
"""

from collections.abc import Callable
from typing import Any

from opentelemetry.sdk.metrics.export import ExponentialHistogram, Gauge, Histogram, Metric, Sum

from otelkit.encoding.exponential_points import encode_exponential_point
from otelkit.encoding.histogram_points import encode_histogram_point
from otelkit.encoding.names import Names
from otelkit.encoding.number_points import encode_number_point
from otelkit.encoding.wire import LENGTH, VARINT, VARINTS, tag, varint

_names, _descriptions, _units = Names(tag(1, LENGTH)), Names(tag(2, LENGTH)), Names(tag(3, LENGTH))
_TEMPORALITY, _IS_MONOTONIC = tag(2, VARINT), tag(3, VARINT) + VARINTS[1]

Encode = Callable[[Any], bytes]  # of points of one kind
_KINDS: dict[type, tuple[bytes, Encode]] = {
    Gauge: (tag(5, LENGTH), encode_number_point),
    Histogram: (tag(9, LENGTH), encode_histogram_point),
    Sum: (tag(7, LENGTH), encode_number_point),
    ExponentialHistogram: (tag(10, LENGTH), encode_exponential_point),
}


def metric_head(metric: Metric) -> bytes:
    """Encode name, description and unit."""
    return _names[metric.name] + _descriptions[metric.description] + _units[metric.unit]


def encoder_of(data: object) -> tuple[bytes, Encode]:
    """Give this kind's tag in Metric and the encoder of its points; raises TypeError for others."""
    known = _KINDS.get(type(data))
    if known is not None:
        return known
    for kind, found in _KINDS.items():
        if isinstance(data, kind):
            return found
    raise TypeError(f"unsupported metric data {type(data).__name__}")


def data_tail(data: object) -> bytes:
    """Encode what follows the points: temporality and monotonicity, where the kind has them."""
    temporality = getattr(data, "aggregation_temporality", None)
    tail = _TEMPORALITY + varint(int(temporality)) if temporality else b""
    return tail + _IS_MONOTONIC if getattr(data, "is_monotonic", False) else tail
