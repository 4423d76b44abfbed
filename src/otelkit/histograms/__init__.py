"""Histograms whose record is cheap: attributes are checked once for each set, not once for each measurement.

The SDK (1.45.1) cleans, sorts and hashes the attributes of every measurement anew, for every reader. Here
`record()` finds its point by the attributes as they are given. Points are cumulative with explicit buckets;
the readers join them to what the SDK collects from everything else. Decision: no part of the SDK is
patched: a provider, a meter and an instrument of the API, and readers of ours. Where another reader,
temporality or aggregation is asked for, `make_meter_provider` returns the SDK's own provider.
"""

from otelkit.histograms.choice import HISTOGRAMS_VARIABLE, make_meter_provider
from otelkit.histograms.provider import DirectMeterProvider

__all__ = ["HISTOGRAMS_VARIABLE", "DirectMeterProvider", "make_meter_provider"]
