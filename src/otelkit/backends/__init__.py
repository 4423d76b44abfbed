"""Traces, logs and metrics read back by the same calls from the embedded viewer and from Tempo, Loki, Mimir.

The one decision here: a signal counts as delivered when a backend's own query API gives it back.
Sources: the HTTP APIs of Tempo 3.0, Loki 3.7 and Prometheus 3 (which Mimir answers below /prometheus).
"""

from otelkit.backends.backends import Backends
from otelkit.backends.finding import find_backends
from otelkit.backends.loki import LokiClient
from otelkit.backends.prometheus import PrometheusClient
from otelkit.backends.values import Exemplar, LogLine, Sample, Series
from otelkit.traces import BackendError, TempoClient
from otelkit.traces.waiting import NotSeenError

__all__ = [
    "BackendError",
    "Backends",
    "Exemplar",
    "LogLine",
    "LokiClient",
    "NotSeenError",
    "PrometheusClient",
    "Sample",
    "Series",
    "TempoClient",
    "find_backends",
]
