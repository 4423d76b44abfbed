"""Changes of orders for everyone who listens, each listener with a bounded queue.

A publisher never waits: a listener that does not keep up is dropped, which the span of its request, a log
record and `shop.subscribers.dropped` say. Ids are `epoch-number`; the epoch differs in each process, so that
an id from before a restart is known to be old and not taken for a new change's.
"""

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from secrets import token_hex

from opentelemetry import metrics, trace

from http_fastapi.store import Order
from http_fastapi.subscription import Change, Subscription

_log = logging.getLogger(__name__)


class SubscribersFullError(Exception):
    """As many listen as may."""


class OrderChanges:
    """Publishes to at most `most_subscribers`, each up to `queue` changes behind; keeps `history` changes."""

    def __init__(self, history: int, queue: int, most_subscribers: int) -> None:
        self._published = 0
        self._history: deque[Change] = deque(maxlen=history)
        self._queue = queue
        self._most = most_subscribers
        self._subscriptions: set[Subscription] = set()
        self._closed = False
        meter = metrics.get_meter(__name__)
        self._active = meter.create_up_down_counter(
            "shop.subscribers", unit="{subscriber}", description="Listeners to changes of orders."
        )
        self._dropped = meter.create_counter(
            "shop.subscribers.dropped",
            unit="{subscriber}",
            description="Listeners that were dropped because they did not keep up.",
        )

    @cached_property
    def _epoch(self) -> str:
        return token_hex(4)  # not before it is needed: a worker may be a fork of where this object was made

    def publish(self, order: Order) -> None:
        """Tell every subscriber of the order's present state."""
        self._published += 1
        change = Change(f"{self._epoch}-{self._published}", f"order.{order.status}", order)
        self._history.append(change)
        for subscription in [s for s in self._subscriptions if not s.offer(change)]:
            self._drop(subscription)

    @contextmanager
    def subscribe(self, last_id: str | None = None) -> Iterator[Subscription]:
        """Listen until the block ends, from the change after `last_id` on or from now on.

        Raises:
            SubscribersFullError: no more may listen.
        """
        if len(self._subscriptions) >= self._most:
            raise SubscribersFullError(f"{self._most} already listen to changes of orders")
        missed = self._after(last_id)
        subscription = Subscription(missed or (), self._queue, trace.get_current_span())
        subscription.lost_history = missed is None
        if self._closed:
            subscription.close()
        self._subscriptions.add(subscription)
        self._active.add(1)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
            self._active.add(-1)

    def close(self) -> None:
        """End every subscription, so that a server which waits for its responses can end."""
        self._closed = True
        for subscription in self._subscriptions:
            subscription.close()

    def _after(self, last_id: str | None) -> list[Change] | None:
        """Changes after `last_id`; None when what followed it is not known any more."""
        if last_id is None or last_id == f"{self._epoch}-{self._published}":
            return []
        known = list(self._history)
        for position, change in enumerate(known):
            if change.id == last_id:
                return known[position + 1 :]
        return None

    def _drop(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)
        self._dropped.add(1)
        subscription.span.add_event("subscriber dropped", {"shop.subscriber.queue_size": self._queue})
        with trace.use_span(subscription.span, end_on_exit=False):
            _log.warning("subscriber dropped", extra={"shop.subscriber.queue_size": self._queue})
