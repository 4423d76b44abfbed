"""Which spans configure() makes: `OTELKIT_SPANS` is `cheap` (ours) or `sdk`.

With OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED=true the SDK counts its spans itself, so they are the SDK's.
"""

import os
from collections.abc import Mapping

from opentelemetry.sdk.environment_variables import OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED

from otelkit.environment import boolean, one_of, read

SPANS_VARIABLE = "OTELKIT_SPANS"
parse_spans = one_of("cheap", "sdk")


def read_spans_are_ours(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether spans are ours and not the SDK's; raises ConfigurationError."""
    chosen = read(environ, SPANS_VARIABLE, parse_spans, "cheap")
    return chosen == "cheap" and not read(environ, OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED, boolean, False)
