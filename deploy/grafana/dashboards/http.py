"""HTTP: servers by route, and the calls that services make."""

from functools import partial

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import panels
from deploy.grafana.board import board
from deploy.grafana.panels import HALF, Limits, Query
from deploy.grafana.promql import level, quantile, rate, ratio

SERVER, CLIENT = "http_server_request_duration_seconds", "http_client_request_duration_seconds"
ROUTE = ("service_name", "http_request_method", "http_route")
ROUTE_LEGEND = "{{service_name}}: {{http_request_method}} {{http_route}}"
TEMPLATE = ("service_name", "http_request_method", "url_template")
TEMPLATE_LEGEND = "{{service_name}}: {{http_request_method}} {{url_template}}"

serving = partial(panels.graph, nothing="No service has answered an HTTP request in this time")
calling = partial(panels.graph, nothing="No service has made an HTTP request in this time", width=HALF)


def dashboard() -> Dashboard:
    """Build it."""
    return board(
        "HTTP",
        "HTTP servers by route and clients by URL template.",
        f"{SERVER}_count",
        {"Servers": _servers(), "Load": _load(), "Clients": _clients()},
    )


def _servers() -> list[panels.Shape]:
    requests = rate(f"{SERVER}_count", by=ROUTE)
    failed = rate(f"{SERVER}_count", 'http_response_status_code=~"5.."', by=ROUTE)
    return [
        serving("Rate", "Requests answered, a second, by route.", "reqps", Query(requests, ROUTE_LEGEND)),
        serving(
            "Errors of the server",
            "Share of requests answered with 5xx; 4xx is the caller's and stands below.",
            "percentunit",
            Query(ratio(failed, requests), ROUTE_LEGEND),
            limits=Limits(0.001, 0.05),
        ),
        serving(
            "Duration, 95 %",
            "Duration that 95 % of requests do not exceed; a dot is one request.",
            "s",
            Query(quantile(0.95, SERVER, by=ROUTE), ROUTE_LEGEND, exemplars=True),
            limits=Limits(0.5, 1),
        ),
    ]


def _load() -> list[panels.Shape]:
    by_status = ("service_name", "http_response_status_code")
    return [
        serving(
            "Answers by status",
            "Requests answered, a second, by status code.",
            "reqps",
            Query(rate(f"{SERVER}_count", by=by_status), "{{service_name}}: {{http_response_status_code}}"),
            width=HALF,
        ),
        serving(
            "Requests under way",
            "Requests that have begun and not ended.",
            "short",
            Query(level("http_server_active_requests")),
            width=HALF,
        ),
    ]


def _clients() -> list[panels.Shape]:
    return [
        calling(
            "Calls of others",
            "Requests that services make, a second, by URL template.",
            "reqps",
            Query(rate(f"{CLIENT}_count", by=TEMPLATE), TEMPLATE_LEGEND),
        ),
        calling(
            "Duration of calls, 95 %",
            "Duration that 95 % of these requests do not exceed.",
            "s",
            Query(quantile(0.95, CLIENT, by=TEMPLATE), TEMPLATE_LEGEND, exemplars=True),
            limits=Limits(0.5, 1),
        ),
    ]
