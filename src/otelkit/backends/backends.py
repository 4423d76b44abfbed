"""The three clients of one place that telemetry goes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from otelkit.backends.loki import LokiClient
from otelkit.backends.prometheus import PrometheusClient
from otelkit.traces import TempoClient

PROMETHEUS_PREFIX = "/prometheus"  # Mimir's, and the viewer's


@dataclass(frozen=True)
class Backends:
    """Where each signal is read back."""

    traces: TempoClient
    logs: LokiClient
    metrics: PrometheusClient

    @classmethod
    def of_viewer(cls, url: str, headers: Mapping[str, str] | None = None) -> Self:
        """Make clients of the viewer, which answers all three APIs at one address such as `http://host:3000`."""
        return cls.of_lgtm(tempo=url, loki=url, mimir=url.rstrip("/") + PROMETHEUS_PREFIX, headers=headers)

    @classmethod
    def of_lgtm(cls, *, tempo: str, loki: str, mimir: str, headers: Mapping[str, str] | None = None) -> Self:
        """Make clients of Tempo, Loki and Mimir; `mimir` with its prefix: `http://host:9009/prometheus`."""
        return cls(
            TempoClient(tempo, headers=headers),
            LokiClient(loki, headers),
            PrometheusClient(mimir, headers),
        )
