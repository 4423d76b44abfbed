"""Where what was sent is read back: the viewer, Tempo with Loki and Mimir, or a stack of Grafana Cloud."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from grafana_export.cloud import Backend, credentials, read_stack
from grafana_export.pages import GrafanaPages, Pages, ViewerPages
from grafana_export.settings import Settings
from otelkit import ConfigurationError
from otelkit.backends import Backends, LokiClient, PrometheusClient, TempoClient, find_backends

_PROBE_SECONDS = 0.5


@dataclass(frozen=True)
class Place:
    """The three clients, the addresses that they ask, and pages for people."""

    name: str
    backends: Backends
    traces: str
    logs: str
    metrics: str
    pages: Pages


def find_place(settings: Settings, environ: Mapping[str, str] = os.environ) -> Place:
    """Find it by the settings. Raises ConfigurationError, and BackendError of the Cloud API."""
    if settings.in_cloud:
        return _cloud(settings)
    kind = settings.backend or ("viewer" if _is_viewer(settings) else "lgtm")
    urls = {
        "VIEWER_URL": settings.viewer_url,
        "TEMPO_URL": settings.tempo_url,
        "LOKI_URL": settings.loki_url,
        "MIMIR_URL": settings.mimir_url,
    }
    try:
        backends = find_backends({**environ, **urls, "BACKEND": kind})
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    if kind == "viewer":
        viewer = settings.viewer_url
        addresses = viewer, viewer, f"{viewer}/prometheus"
        return Place("the viewer", backends, *addresses, ViewerPages(viewer))
    addresses = settings.tempo_url, settings.loki_url, settings.mimir_url
    return Place("Tempo, Loki and Mimir", backends, *addresses, GrafanaPages(settings.grafana_url))


def _cloud(settings: Settings) -> Place:
    stack, token = read_stack(settings), settings.cloud_token.get_secret_value()

    def headers(backend: Backend) -> dict[str, str]:
        return {"Authorization": credentials(backend.user, token)}

    backends = Backends(
        TempoClient(stack.tempo.address, headers=headers(stack.tempo)),
        LokiClient(stack.loki.address, headers(stack.loki)),
        PrometheusClient(stack.mimir.address, headers(stack.mimir)),
    )
    addresses = stack.tempo.address, stack.loki.address, stack.mimir.address
    pages = GrafanaPages(stack.grafana, "grafanacloud-traces", "grafanacloud-logs", "grafanacloud-prom")
    return Place("Grafana Cloud", backends, *addresses, pages)


def _is_viewer(settings: Settings) -> bool:
    if {"tempo_url", "loki_url", "mimir_url"} & settings.model_fields_set:
        return False
    tempo = urlsplit(settings.tempo_url)
    try:
        with socket.create_connection((tempo.hostname, tempo.port or 80), _PROBE_SECONDS):
            return False
    except OSError:
        return True
