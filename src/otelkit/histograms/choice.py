"""Whether a process gets our histograms: when every reader can take them as they are, and nobody objects.

OTELKIT_HISTOGRAMS is `direct` (ours) or `sdk`.
"""

import os
from collections.abc import Mapping, Sequence

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader
from opentelemetry.sdk.resources import Resource

from otelkit.environment import one_of, read
from otelkit.histograms.exemplar_filter import SDK_FILTERS, read_exemplar_filter
from otelkit.histograms.provider import DirectMeterProvider, suits

HISTOGRAMS_VARIABLE = "OTELKIT_HISTOGRAMS"


def make_meter_provider(
    readers: Sequence[MetricReader], resource: Resource, environ: Mapping[str, str] = os.environ
) -> MeterProvider:
    """The provider with our histograms, or the SDK's where a reader or a setting asks for it.

    Raises:
        ConfigurationError: a variable has a wrong value.
    """
    exemplars = read_exemplar_filter(environ)
    is_direct = read(environ, HISTOGRAMS_VARIABLE, one_of("direct", "sdk"), "direct") == "direct"
    if is_direct and readers and all(suits(reader) for reader in readers):
        return DirectMeterProvider(readers, resource, exemplars)
    return MeterProvider(readers, resource, SDK_FILTERS[exemplars](), shutdown_on_exit=False)
