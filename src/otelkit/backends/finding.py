"""Which backends there are, by environment variables: the viewer, or Tempo, Loki and Mimir.

Headers are those of OTLP exporters: `name=value,name=value`, values percent-encoded. TEMPO_HEADERS,
LOKI_HEADERS and MIMIR_HEADERS win over BACKEND_HEADERS, as each has its own user in Grafana Cloud.
"""

from collections.abc import Mapping

from otelkit.backends.backends import PROMETHEUS_PREFIX, Backends
from otelkit.backends.loki import LokiClient
from otelkit.backends.prometheus import PrometheusClient
from otelkit.export.header_list import parse_headers
from otelkit.traces import TempoClient

_URLS = {
    "VIEWER_URL": "http://127.0.0.1:3000",
    "TEMPO_URL": "http://127.0.0.1:3200",
    "LOKI_URL": "http://127.0.0.1:3100",
    "MIMIR_URL": f"http://127.0.0.1:9009{PROMETHEUS_PREFIX}",
}
_LGTM = ("TEMPO", "LOKI", "MIMIR")


def find_backends(environ: Mapping[str, str]) -> Backends:
    """Make clients of what BACKEND (viewer, lgtm) and the addresses say.

    Without BACKEND an address of Tempo, Loki or Mimir means lgtm, else it is the viewer. Raises ValueError
    that names the variable.
    """
    given = any(environ.get(f"{name}_URL", "").strip() for name in _LGTM)
    backend = environ.get("BACKEND", "").strip().lower() or ("lgtm" if given else "viewer")
    if backend == "viewer":
        return Backends.of_viewer(_url("VIEWER", environ), _headers("VIEWER", environ))
    if backend == "lgtm":
        tempo, loki, mimir = ((_url(name, environ), _headers(name, environ)) for name in _LGTM)
        return Backends(TempoClient(tempo[0], headers=tempo[1]), LokiClient(*loki), PrometheusClient(*mimir))
    raise ValueError(f"BACKEND={backend!r} is unknown: give viewer or lgtm")


def _url(name: str, environ: Mapping[str, str]) -> str:
    variable = f"{name}_URL"
    return environ.get(variable, "").strip() or _URLS[variable]


def _headers(name: str, environ: Mapping[str, str]) -> dict[str, str]:
    own, shared = f"{name}_HEADERS", "BACKEND_HEADERS"
    variable = own if environ.get(own, "").strip() else shared
    try:
        return dict(parse_headers(environ.get(variable, "")))
    except ValueError as error:
        raise ValueError(f"{variable}: {error}") from error
