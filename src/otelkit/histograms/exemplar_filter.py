"""OTEL_METRICS_EXEMPLAR_FILTER: which measurements may become exemplars; unset, those in sampled spans."""

import os
from collections.abc import Mapping
from typing import Literal, cast

from opentelemetry.sdk.environment_variables import OTEL_METRICS_EXEMPLAR_FILTER
from opentelemetry.sdk.metrics import (
    AlwaysOffExemplarFilter,
    AlwaysOnExemplarFilter,
    ExemplarFilter,
    TraceBasedExemplarFilter,
)

from otelkit.environment import one_of, read

ExemplarFilterName = Literal["trace_based", "always_on", "always_off"]

SDK_FILTERS: Mapping[ExemplarFilterName, type[ExemplarFilter]] = {
    "trace_based": TraceBasedExemplarFilter,
    "always_on": AlwaysOnExemplarFilter,
    "always_off": AlwaysOffExemplarFilter,
}


def read_exemplar_filter(environ: Mapping[str, str] = os.environ) -> ExemplarFilterName:
    """Read the filter's name; raises ConfigurationError."""
    found = read(environ, OTEL_METRICS_EXEMPLAR_FILTER, one_of(*SDK_FILTERS), "trace_based")
    return cast("ExemplarFilterName", found)
