"""gRPC: servers and clients by method; which status codes are errors is said by the conventions."""

from functools import partial

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import panels
from deploy.grafana.board import board
from deploy.grafana.panels import HALF, Limits, Query
from deploy.grafana.promql import quantile, rate, ratio

SERVER, CLIENT = "rpc_server_call_duration_seconds", "rpc_client_call_duration_seconds"
METHOD, LEGEND = ("service_name", "rpc_method"), "{{service_name}}: {{rpc_method}}"
FAILED = 'error_type!=""'

graph = partial(panels.graph, nothing="No gRPC call in this time")


def dashboard() -> Dashboard:
    """Build it."""
    return board(
        "gRPC",
        "gRPC servers and clients by method.",
        f"{SERVER}_count",
        {"Servers": _side(SERVER, "answered"), "Clients": _side(CLIENT, "made"), "Status": _codes()},
    )


def _side(duration: str, done: str) -> list[panels.Shape]:
    calls = rate(f"{duration}_count", by=METHOD)
    return [
        graph(
            f"{done.capitalize()}: rate",
            f"Calls {done}, a second; a stream is one call.",
            "reqps",
            Query(calls, LEGEND),
        ),
        graph(
            f"{done.capitalize()}: errors",
            f"Share of calls {done} that end in an error; on a server NOT_FOUND and the like are none.",
            "percentunit",
            Query(ratio(rate(f"{duration}_count", FAILED, by=METHOD), calls), LEGEND),
            limits=Limits(0.001, 0.05),
        ),
        graph(
            f"{done.capitalize()}: duration, 95 %",
            "Duration that 95 % of calls do not exceed; streams last as long as they are read.",
            "s",
            Query(quantile(0.95, duration, by=METHOD), LEGEND, exemplars=True),
            limits=Limits(0.5, 1),
        ),
    ]


def _codes() -> list[panels.Shape]:
    by_code = ("service_name", "rpc_response_status_code")
    return [
        graph(
            title,
            f"Calls {done}, a second, by status code.",
            "reqps",
            Query(rate(f"{duration}_count", by=by_code), "{{service_name}}: {{rpc_response_status_code}}"),
            width=HALF,
        )
        for title, done, duration in (
            ("Servers: status codes", "answered", SERVER),
            ("Clients: status codes", "made", CLIENT),
        )
    ]
