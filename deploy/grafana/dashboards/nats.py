"""NATS: traffic, what consumers have before them, dead letters, outages of the connection."""

from functools import partial

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import panels
from deploy.grafana.board import board
from deploy.grafana.messaging import SENT, traffic, work
from deploy.grafana.panels import Limits, Query
from deploy.grafana.promql import grown, level, or_zero, series

CONSUMER = ("service_name", "messaging_nats_stream_name", "messaging_consumer_group_name")
LEGEND = "{{messaging_nats_stream_name}}/{{messaging_consumer_group_name}}"
PENDING = level("messaging_nats_consumer_pending", by=CONSUMER)
CONNECTED = level("messaging_nats_client_buffered_bytes")

graph = partial(panels.graph, nothing="No service has asked a NATS server in this time")


def dashboard() -> Dashboard:
    """Build it."""
    return board(
        "NATS",
        "NATS and JetStream: messages, consumers' lag, dead letters, the connection.",
        f'{SENT}{{messaging_system="nats"}}',
        {
            "Messages": traffic("nats"),
            "Work": work("nats"),
            "Lag": _lag(),
            "Trouble": _trouble(),
        },
    )


def _lag() -> list[panels.Shape]:
    return [
        graph(
            "Waiting",
            "Messages of a stream that a consumer was not given yet. Rising means too few workers.",
            "short",
            Query(PENDING, LEGEND),
            limits=Limits(100, 1000),
        ),
        graph(
            "Under way",
            "Messages delivered and not yet acknowledged.",
            "short",
            Query(level("messaging_nats_consumer_ack_pending", by=CONSUMER), LEGEND),
            limits=Limits(100, 1000),
        ),
        graph(
            "Under way again",
            "Of those under way, the ones that were delivered before: their work failed or took too long.",
            "short",
            Query(level("messaging_nats_consumer_redelivered", by=CONSUMER), LEGEND),
            limits=Limits(1, 10),
        ),
    ]


def _trouble() -> list[panels.Shape]:
    return [
        graph(
            "Dead letters",
            "Messages in the stream of dead letters: somebody has to look at each and send it again.",
            "short",
            Query(level("messaging_nats_stream_messages")),
            limits=Limits(1, 10),
        ),
        graph(
            "Lost connections",
            "How often the connection was lost; what is published meanwhile waits in a buffer.",
            "short",
            Query(or_zero(grown(series("messaging_nats_client_disconnections_total")), CONNECTED)),
            limits=Limits(1, 3),
        ),
        graph(
            "Thrown away by slow readers",
            "Core messages dropped because their reader was too slow: core NATS does not keep them.",
            "short",
            Query(or_zero(grown(series("otelkit_nats_slow_consumer_dropped_total")), CONNECTED)),
            limits=Limits(1, 1),
        ),
    ]
