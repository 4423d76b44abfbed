"""Rate, errors and duration of every service, from span metrics: counted before sampling, so of all calls."""

from functools import partial

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import panels
from deploy.grafana.board import board
from deploy.grafana.panels import HALF, Limits, Query, leading_on
from deploy.grafana.promql import WINDOW, level, quantile, rate, ratio

CALLS, DURATION = "traces_span_metrics_calls_total", "traces_span_metrics_duration_seconds"
GRAPH = "traces_service_graph_request"
# What a service is asked for; what it asks of others is counted there.
SERVED = 'span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"'
FAILED = 'status_code="STATUS_CODE_ERROR"'
OPERATION = ("service_name", "span_name")

graph = partial(panels.graph, nothing="No service has sent a span in this time")
number = partial(panels.number, nothing="No spans")


def dashboard() -> Dashboard:
    """Build it."""
    return board(
        "Overview",
        "Rate, errors and duration by service. Dots are exemplars: click one to open its trace.",
        CALLS,
        {
            "All services": _numbers(),
            "By service": _services(),
            "By operation": _operations(),
            "Between services": _calls(),
        },
    )


def _numbers() -> list[panels.Shape]:
    calls = rate(CALLS, SERVED, by=())
    return [
        number("Requests", "Requests and messages that arrive, a second.", "reqps", Query(calls, "requests")),
        number(
            "Errors",
            "Share of them that ends in an error. The objective leaves 0.1 %.",
            "percentunit",
            Query(ratio(rate(CALLS, SERVED, FAILED, by=()), calls), "errors"),
            limits=Limits(0.001, 0.01),
        ),
        number(
            "95 % are done within",
            "Duration that 95 % of them do not exceed. The objective asks for 0.5 s.",
            "s",
            Query(quantile(0.95, DURATION, SERVED, by=()), "p95"),
            limits=Limits(0.5, 1),
        ),
        number(
            "Services",
            "Services that have sent spans.",
            "none",
            Query(f"count({level(CALLS)})", "services"),
        ),
    ]


def _services() -> list[panels.Shape]:
    calls = rate(CALLS, SERVED)
    by_service = [
        graph("Rate by service", "Requests and messages that arrive, a second.", "reqps", Query(calls)),
        graph(
            "Errors by service",
            "Share of requests that ends in an error.",
            "percentunit",
            Query(ratio(rate(CALLS, SERVED, FAILED), calls)),
            limits=Limits(0.001, 0.01),
        ),
        graph(
            "Duration by service, 95 %",
            "Duration that 95 % of requests do not exceed; a dot is one request.",
            "s",
            Query(quantile(0.95, DURATION, SERVED), exemplars=True),
            limits=Limits(0.5, 1),
        ),
    ]
    return [leading_on(panel) for panel in by_service]


def _operations() -> list[panels.Shape]:
    legend = "{{service_name}}: {{span_name}}"
    return [
        graph(
            "Most frequent operations",
            "The ten that are asked for most.",
            "reqps",
            Query(f"topk(10, {rate(CALLS, SERVED, by=OPERATION)})", legend),
            width=HALF,
        ),
        graph(
            "Slowest operations",
            "The ten whose 95 % take longest.",
            "s",
            Query(f"topk(10, {quantile(0.95, DURATION, SERVED, by=OPERATION)})", legend, exemplars=True),
            limits=Limits(0.5, 1),
            width=HALF,
        ),
    ]


def _calls() -> list[panels.Shape]:
    """Tempo's service graph; it has no environments."""
    between = partial(panels.graph, nothing="Tempo's metrics generator has seen no call between services")
    chosen, pair, legend = 'server=~"$service"', "client, server", "{{client}} to {{server}}"
    calls = f"sum by ({pair}) (rate({GRAPH}_total{{{chosen}}}[{WINDOW}]))"
    failed = f"sum by ({pair}) (rate({GRAPH}_failed_total{{{chosen}}}[{WINDOW}]))"
    buckets = f"sum by (le, {pair}) (rate({GRAPH}_server_seconds_bucket{{{chosen}}}[{WINDOW}]))"
    return [
        between("Who calls whom", "Calls between services, a second.", "reqps", Query(calls, legend)),
        between(
            "Failing calls",
            "Share of calls between services that fail.",
            "percentunit",
            Query(ratio(failed, calls), legend),
            limits=Limits(0.001, 0.01),
        ),
        between(
            "Calls take, 95 %",
            "How long 95 % of calls between services take at the most, as the called one has it.",
            "s",
            Query(f"histogram_quantile(0.95, {buckets})", legend),
            limits=Limits(0.5, 1),
        ),
    ]
