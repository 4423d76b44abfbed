"""The operator: calls of handlers, whether they fail, how long a change takes until it is so, who leads."""

from functools import partial

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import panels
from deploy.grafana.board import board
from deploy.grafana.panels import Limits, Query
from deploy.grafana.promql import level, or_zero, quantile, rate, ratio

HANDLER, CONVERGENCE = "kopf_handler_duration_seconds", "kopf_convergence_duration_seconds"
BY_HANDLER, LEGEND = ("service_name", "kopf_handler_id"), "{{service_name}}: {{kopf_handler_id}}"
LEADER = "k8s_operator_leader_ratio"
API = "http_client_request_duration_seconds"
CALL = ("service_name", "http_request_method", "url_template")

graph = partial(panels.graph, nothing="No operator has run in this time")


def dashboard() -> Dashboard:
    """Build it."""
    return board(
        "Operator",
        "Kubernetes operators: handlers, convergence, queues, the API server, leadership.",
        f"{HANDLER}_count",
        {"Handlers": _handlers(), "Convergence": _convergence(), "Around it": _around()},
    )


def _handlers() -> list[panels.Shape]:
    calls = rate(f"{HANDLER}_count", by=BY_HANDLER)
    failed = rate(f"{HANDLER}_count", 'kopf_outcome=~"retry|failure"', by=BY_HANDLER)
    return [
        graph("Calls", "Calls of handlers, a second.", "ops", Query(calls, LEGEND)),
        graph(
            "Failing",
            "Share of calls that fail, for good or until they are tried again.",
            "percentunit",
            Query(ratio(failed, calls), LEGEND),
            limits=Limits(0.1, 0.5),
        ),
        graph(
            "Duration, 95 %",
            "How long 95 % of calls take at the most.",
            "s",
            Query(quantile(0.95, HANDLER, by=BY_HANDLER), LEGEND, exemplars=True),
            limits=Limits(1, 5),
        ),
    ]


def _convergence() -> list[panels.Shape]:
    plural = ("service_name", "kopf_resource_plural")
    legend = "{{service_name}}: {{kopf_resource_plural}}"
    return [
        graph(
            "From change to done, 95 %",
            "Time until 95 % of changes are handled, retries and restarts between included.",
            "s",
            Query(quantile(0.95, CONVERGENCE, by=plural), legend, exemplars=True),
            limits=Limits(10, 60),
        ),
        graph(
            "Changes done",
            "Changes whose handling has ended, a second.",
            "ops",
            Query(rate(f"{CONVERGENCE}_count", by=plural), legend),
        ),
        graph(
            "Events waiting",
            "Events that wait for their object. Above 0 for long, the operator stands still.",
            "short",
            Query(or_zero(level("kopf_queue_depth", by=plural), level(LEADER)), legend),
            limits=Limits(10, 100),
        ),
    ]


def _around() -> list[panels.Shape]:
    call = "{{service_name}}: {{http_request_method}} {{url_template}}"
    failed = rate(f"{API}_count", 'http_response_status_code=~"4..|5.."', by=CALL)
    return [
        graph(
            "API server, 95 %",
            "How long 95 % of calls of the API server take at the most.",
            "s",
            Query(quantile(0.95, API, by=CALL), call, exemplars=True),
            limits=Limits(0.5, 1),
        ),
        graph(
            "API server refuses",
            "Share of calls that the API server refuses, conflicts of a racing write among them.",
            "percentunit",
            Query(ratio(failed, rate(f"{API}_count", by=CALL)), call),
            limits=Limits(0.05, 0.5),
        ),
        graph(
            "Leaders",
            "Processes that lead: one. At 0 nothing is reconciled, at 2 two write at once.",
            "none",
            Query(level(LEADER)),
        ),
    ]
