"""What brokers have in common: messages sent, delivered and worked on, by destination."""

from functools import partial

from grafana_foundation_sdk.builders import timeseries as graphs

from deploy.grafana import panels
from deploy.grafana.panels import HALF, Limits, Query
from deploy.grafana.promql import quantile, rate, ratio

SENT, PROCESS = "messaging_client_sent_messages_total", "messaging_process_duration_seconds"
CONSUMED, OPERATION = (
    "messaging_client_consumed_messages_total",
    "messaging_client_operation_duration_seconds",
)
# A name with ids in it is left out of metrics; its template stands in for it.
WHERE = ("service_name", "messaging_destination_name", "messaging_destination_template")
LEGEND = "{{service_name}}: {{messaging_destination_name}}{{messaging_destination_template}}"
BY_OPERATION = ("service_name", "messaging_operation_name")
FAILED = 'error_type!=""'


def traffic(system: str) -> list[panels.Shape]:
    """Messages sent, delivered, and operations that the client waits for."""
    chosen = f'messaging_system="{system}"'
    graph = _graph(system)
    return [
        graph(
            "Sent",
            "Messages handed to the broker, a second, by destination.",
            "mps",
            Query(f"topk(10, {rate(SENT, chosen, by=WHERE)})", LEGEND),
        ),
        graph(
            "Delivered",
            "Messages that the broker has delivered, a second, by destination.",
            "mps",
            Query(f"topk(10, {rate(CONSUMED, chosen, by=WHERE)})", LEGEND),
        ),
        graph(
            "Operations, 95 %",
            "How long 95 % of the client's operations take at the most: publish until confirmed, fetch, get.",
            "s",
            Query(
                quantile(0.95, OPERATION, chosen, by=BY_OPERATION),
                "{{service_name}}: {{messaging_operation_name}}",
                exemplars=True,
            ),
            limits=Limits(0.5, 1),
        ),
    ]


def work(system: str) -> list[panels.Shape]:
    """How messages are worked on."""
    chosen = f'messaging_system="{system}"'
    graph = partial(_graph(system), width=HALF)
    handled = rate(f"{PROCESS}_count", chosen, by=WHERE)
    return [
        graph(
            "Failing",
            "Share of messages whose handler raises; they come again or become dead letters.",
            "percentunit",
            Query(ratio(rate(f"{PROCESS}_count", chosen, FAILED, by=WHERE), handled), LEGEND),
            limits=Limits(0.01, 0.1),
        ),
        graph(
            "Work on a message, 95 %",
            "How long 95 % of messages take at the most; a dot is one message.",
            "s",
            Query(quantile(0.95, PROCESS, chosen, by=WHERE), LEGEND, exemplars=True),
            limits=Limits(0.5, 1),
        ),
    ]


def _graph(system: str) -> partial[graphs.Panel]:
    return partial(panels.graph, nothing=f"No service has used {system} in this time")
