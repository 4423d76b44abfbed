"""Everything that has to exist on the broker, in one place; a service that starts declares all of it.

    POST /shipments ─ shop.shipments (topic) ─┬ shipment.requested.standard ─ shipments.standard
                                              ├ shipment.requested.express ── shipments.express (priorities)
                                              └ shop.parcels (headers: abroad) ─ shipments.customs
    shipped ───────── shop.announcements (fanout) ─┬ shipments.mail
                                                   └ shipments.ledger
    failed ────────── shop.retry.5000ms (fanout) ─ shipments.retry.5000ms ─ back after 5 s
    failed for good ─ shop.dead (topic) ─ shipments.dead

Names never change their meaning: what a queue was declared with cannot be changed, so a delay is part of the
name. A queue hands on what is dead "at least once", which holds a message until the next queue has it.
"""

from dataclasses import dataclass
from typing import Any

from aio_pika import ExchangeType

from rabbitmq_aio_pika.settings import Settings

SHIPMENTS, PARCELS, ANNOUNCEMENTS, SCANS, DEAD = (
    "shop.shipments",
    "shop.parcels",
    "shop.announcements",
    "shop.scans",
    "shop.dead",
)
STANDARD, EXPRESS, CUSTOMS = "shipments.standard", "shipments.express", "shipments.customs"
MAIL, LEDGER, SCANNED, QUOTES, DEAD_LETTERS = (
    "shipments.mail",
    "shipments.ledger",
    "shipments.scans",
    "shipments.quotes",
    "shipments.dead",
)
MOST_PRIORITY = 9
UNLIMITED = 2**31 - 1

# Held until the next queue has confirmed it; needs a bound of some sort on what comes in meanwhile.
_AT_LEAST_ONCE = {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}


@dataclass(frozen=True)
class Binding:
    """From an exchange to a queue, or to another exchange."""

    source: str
    key: str = ""
    arguments: dict[str, Any] | None = None


@dataclass(frozen=True)
class QueuePlan:
    """A queue that survives the broker's restart, and what leads to it."""

    name: str
    arguments: dict[str, Any]
    bindings: tuple[Binding, ...] = ()


EXCHANGES = {
    SHIPMENTS: ExchangeType.TOPIC,
    PARCELS: ExchangeType.HEADERS,
    ANNOUNCEMENTS: ExchangeType.FANOUT,
    SCANS: ExchangeType.DIRECT,
    DEAD: ExchangeType.TOPIC,
}
ABROAD = {"x-match": "all", "abroad": True}


def retry_name(seconds: float) -> str:
    """Name what holds a message back that long."""
    return f"{round(seconds * 1000)}ms"


def retry_exchange(seconds: float) -> str:
    """Name the exchange to publish to under the name of the queue that is to have the message back."""
    return f"shop.retry.{retry_name(seconds)}"


def plan_exchanges(settings: Settings) -> dict[str, ExchangeType]:
    """Name all exchanges, with their kinds."""
    return EXCHANGES | {retry_exchange(s): ExchangeType.FANOUT for s in settings.retry_delays_seconds}


def plan_queues(settings: Settings) -> list[QueuePlan]:
    """List all queues."""
    return [
        _work(STANDARD, settings, Binding(SHIPMENTS, "shipment.requested.standard")),
        _express(Binding(SHIPMENTS, "shipment.requested.express")),
        _work(CUSTOMS, settings, Binding(PARCELS, "", ABROAD)),
        _work(MAIL, settings, Binding(ANNOUNCEMENTS)),
        _work(LEDGER, settings, Binding(ANNOUNCEMENTS)),
        _work(SCANNED, settings, Binding(SCANS, SCANNED)),
        # A question is worth nothing when nobody waits for the answer any more.
        QueuePlan(QUOTES, {"x-message-ttl": round(settings.quote_seconds * 1000)}),
        # Looking at dead letters counts as deliveries, and RabbitMQ 4 drops a message after 20 of them.
        QueuePlan(
            DEAD_LETTERS, {"x-queue-type": "quorum", "x-delivery-limit": UNLIMITED}, (Binding(DEAD, "#"),)
        ),
        *(_retry(seconds) for seconds in settings.retry_delays_seconds),
    ]


def _work(name: str, settings: Settings, *bindings: Binding) -> QueuePlan:
    # The limit is for messages that kill their consumer: those that only fail are counted by retries.py.
    dead = {"x-dead-letter-exchange": DEAD, "x-dead-letter-routing-key": name}
    limit = {"x-queue-type": "quorum", "x-delivery-limit": settings.delivery_limit}
    return QueuePlan(name, {**limit, **dead, **_AT_LEAST_ONCE}, bindings)


def _express(*bindings: Binding) -> QueuePlan:
    # Classic: only classic queues have more than two priorities, and they know no limit of deliveries.
    dead = {"x-dead-letter-exchange": DEAD, "x-dead-letter-routing-key": EXPRESS}
    return QueuePlan(EXPRESS, {"x-queue-type": "classic", "x-max-priority": MOST_PRIORITY, **dead}, bindings)


def _retry(seconds: float) -> QueuePlan:
    # Dead letters keep the routing key, the name of a queue, and the default exchange finds it by that.
    back = {"x-message-ttl": round(seconds * 1000), "x-dead-letter-exchange": ""}
    name = f"shipments.retry.{retry_name(seconds)}"
    return QueuePlan(
        name, {"x-queue-type": "quorum", **back, **_AT_LEAST_ONCE}, (Binding(retry_exchange(seconds)),)
    )
