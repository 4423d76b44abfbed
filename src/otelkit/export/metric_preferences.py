"""Which temporality and which histogram the environment prefers.

The tables are those of the metrics exporter specification; up-down counters stay cumulative
in all of them, because a lost delta of theirs would be wrong for ever.
"""

import os
from collections.abc import Mapping

from opentelemetry.sdk.metrics import (
    Counter,
    Histogram,
    ObservableCounter,
    ObservableGauge,
    ObservableUpDownCounter,
    UpDownCounter,
)
from opentelemetry.sdk.metrics.export import AggregationTemporality
from opentelemetry.sdk.metrics.view import (
    Aggregation,
    ExplicitBucketHistogramAggregation,
    ExponentialBucketHistogramAggregation,
)

from otelkit.environment import one_of, read

TEMPORALITY_VARIABLE = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"
HISTOGRAM_VARIABLE = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"

_INSTRUMENTS: tuple[type, ...] = (
    Counter,
    UpDownCounter,
    Histogram,
    ObservableCounter,
    ObservableUpDownCounter,
    ObservableGauge,
)
_DELTA_INSTRUMENTS: Mapping[str, tuple[type, ...]] = {
    "cumulative": (),
    "delta": (Counter, Histogram, ObservableCounter),
    "lowmemory": (Counter, Histogram),
}
_HISTOGRAMS: Mapping[str, type[Aggregation]] = {
    "explicit_bucket_histogram": ExplicitBucketHistogramAggregation,
    "base2_exponential_bucket_histogram": ExponentialBucketHistogramAggregation,
}


def read_temporality(environ: Mapping[str, str] = os.environ) -> dict[type, AggregationTemporality]:
    """Temporality by instrument class; raises ConfigurationError."""
    name = read(environ, TEMPORALITY_VARIABLE, one_of(*_DELTA_INSTRUMENTS), "cumulative")
    deltas = _DELTA_INSTRUMENTS[name]
    return {
        instrument: AggregationTemporality.DELTA
        if instrument in deltas
        else AggregationTemporality.CUMULATIVE
        for instrument in _INSTRUMENTS
    }


def read_aggregation(environ: Mapping[str, str] = os.environ) -> dict[type, Aggregation]:
    """Read the aggregation of histograms; raises ConfigurationError."""
    name = read(environ, HISTOGRAM_VARIABLE, one_of(*_HISTOGRAMS), "explicit_bucket_histogram")
    return {Histogram: _HISTOGRAMS[name]()}
