"""RabbitMQ: traffic, what becomes of messages, the outbox, pools, alarms of the broker."""

from functools import partial

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import panels
from deploy.grafana.board import board
from deploy.grafana.messaging import SENT, traffic, work
from deploy.grafana.panels import Limits, Query
from deploy.grafana.promql import level, quantile, rate

POOL, POOL_LEGEND = ("service_name", "shop_pool_name"), "{{service_name}}: {{shop_pool_name}}"

graph = partial(panels.graph, nothing="No service has spoken to RabbitMQ in this time")


def dashboard() -> Dashboard:
    """Build it."""
    return board(
        "RabbitMQ",
        "RabbitMQ: messages, retries and dead letters, the outbox, channels, the broker's alarms.",
        f'{SENT}{{messaging_system="rabbitmq"}}',
        {
            "Messages": traffic("rabbitmq"),
            "Work": work("rabbitmq"),
            "What becomes of messages": _fate(),
            "Broker": _broker(),
        },
    )


def _fate() -> list[panels.Shape]:
    settled = rate("shop_messages_settled_total", by=("shop_queue", "shop_outcome"))
    outbox = level("shop_outbox_messages", by=("service_name", "shop_outbox_state"))
    backlog = "rabbitmq:unconsumed_messages:increase15m"
    return [
        graph(
            "Settled",
            "Messages by what became of them, a second: done, retried later, dead.",
            "mps",
            Query(settled, "{{shop_queue}}: {{shop_outcome}}"),
        ),
        graph(
            "More sent than delivered",
            "Messages sent in 15 minutes less those delivered: what a queue has gained. Below 0 it shrinks.",
            "short",
            Query(backlog, "{{destination}}"),
            limits=Limits(20, 100),
        ),
        graph(
            "Outbox",
            "Messages written and not yet confirmed by the broker; refused ones need somebody to look.",
            "short",
            Query(outbox, "{{service_name}}: {{shop_outbox_state}}"),
            limits=Limits(20, 100),
        ),
    ]


def _broker() -> list[panels.Shape]:
    used = level("shop_pool_count", 'shop_pool_state="used"', by=POOL)
    return [
        graph(
            "Pools in use",
            "Share of channels and connections in use. Above 90 % publishers are about to wait.",
            "percentunit",
            Query(f"{used} / {level('shop_pool_max', by=POOL)}", POOL_LEGEND),
            limits=Limits(0.7, 0.9),
        ),
        graph(
            "Waiting for a channel, 95 %",
            "How long 95 % wait at the most for a channel or connection of a pool.",
            "s",
            Query(quantile(0.95, "shop_pool_wait_time_seconds", by=POOL), POOL_LEGEND),
            limits=Limits(0.1, 1),
        ),
        graph(
            "Broker takes no messages",
            "1 while the broker has an alarm for memory or disk and stops publishers.",
            "bool_yes_no",
            Query(level("shop_broker_blocked_ratio")),
            limits=Limits(1, 1),
        ),
    ]
