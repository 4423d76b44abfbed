"""Grafana Cloud by three settings: OTLP goes to its gateway, and a stack says where to read it back.

The gateway takes HTTP Basic with instance id and token. Tempo, Loki and Mimir take the same token, but each
has an address and a user of its own; the Cloud API gives them for the instance id. (Grafana's own API, which
has them as data sources, takes no access policy tokens.) Sources:
https://grafana.com/docs/grafana-cloud/send-data/otlp/send-data-otlp/,
https://grafana.com/docs/grafana-cloud/developer-resources/api-reference/cloud-api/#stacks
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from grafana_export.address import is_loopback, read_address
from grafana_export.settings import Settings
from otelkit import ConfigurationError
from otelkit.backends import BackendError
from otelkit.traces.fetch import Answer, Fetcher

_API_SECONDS = 10.0
_ENDPOINTS = [f"OTEL_EXPORTER_OTLP_{signal}ENDPOINT" for signal in ("", "TRACES_", "METRICS_", "LOGS_")]


@dataclass(frozen=True)
class Backend:
    """One backend of a stack; `user` is its number there."""

    address: str
    user: str


@dataclass(frozen=True)
class Stack:
    """Where a stack's Grafana is, and its three backends."""

    grafana: str
    tempo: Backend
    loki: Backend
    mimir: Backend


def credentials(user: str, token: str) -> str:
    """HTTP Basic's value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()


def sending_variables(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """The `OTEL_*` variables that send to the gateway; none when an endpoint is given, such as a Collector's.

    An endpoint of one signal counts, too: headers are for all signals, the token for the gateway alone.
    Raises ConfigurationError.
    """
    if not settings.cloud_instance_id or any(environ.get(name, "").strip() for name in _ENDPOINTS):
        return {}
    if not settings.cloud_otlp_endpoint:
        raise ConfigurationError(
            "GRAFANA_CLOUD_OTLP_ENDPOINT is missing: give it, or a Collector's OTEL_EXPORTER_OTLP_ENDPOINT"
        )
    authorization = credentials(settings.cloud_instance_id, settings.cloud_token.get_secret_value())
    return {
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_ENDPOINT": settings.cloud_otlp_endpoint,
        "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization={quote(authorization, safe='')}",
    }


def read_stack(settings: Settings) -> Stack:
    """Ask the Cloud API for the addresses of the stack. Raises BackendError."""
    bearer = {"Authorization": f"Bearer {settings.cloud_token.get_secret_value()}"}
    fetch = Fetcher(settings.cloud_api, _API_SECONDS, bearer)
    answer = fetch(f"/instances/{settings.cloud_instance_id}", accept="application/json")
    if answer.status == Answer.NOT_FOUND:
        raise BackendError(f"{answer.url} answered 404: no stack has this instance id")
    try:
        found = json.loads(answer.body)
        return Stack(
            grafana=_safe(found["url"]),
            tempo=Backend(_safe(found["htInstanceUrl"]) + "/tempo", _number(found["htInstanceId"])),
            loki=Backend(_safe(found["hlInstanceUrl"]), _number(found["hlInstanceId"])),
            mimir=Backend(
                _safe(found["hmInstancePromUrl"]) + "/api/prom", _number(found["hmInstancePromId"])
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise answer.unreadable(error) from error


def _safe(address: str) -> str:
    """The token is sent there next, so an address in plain text is none."""
    if address.startswith("http://") and not is_loopback(address):
        raise ValueError("an address without https")
    return read_address(address)


def _number(given: object) -> str:
    return str(int(str(given)))
