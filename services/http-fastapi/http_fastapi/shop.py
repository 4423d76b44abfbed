"""What it takes to place an order: the store, the stream of changes and the confirmation afterwards.

HTTP and WebSocket place orders through the same door, so that neither can forget a step.
"""

import logging

from http_fastapi.changes import OrderChanges
from http_fastapi.confirmations import Confirmations
from http_fastapi.settings import Settings
from http_fastapi.store import Order, OrderStore

_log = logging.getLogger(__name__)


class Shop:
    """The parts that handlers share; tests replace them one by one."""

    def __init__(self, settings: Settings) -> None:
        self.store = OrderStore(settings.max_orders)
        self.changes = OrderChanges(
            settings.event_history, settings.event_queue, settings.max_event_subscribers
        )
        self.confirmations = Confirmations(self.confirm, self.give_up, settings.max_confirmations)

    def place(self, item: str, quantity: int) -> Order:
        """Store an order, tell subscribers and begin to confirm it. Nothing is stored when it raises.

        Raises:
            ConfirmationsFullError: too many orders wait to be confirmed.
            StoreFullError: there is no room for the order.
        """
        self.confirmations.check_room()
        order = self.store.add(item, quantity)
        _log.info("order accepted", extra={"shop.order.id": order.id})
        self.changes.publish(order)
        self.confirmations.start(order)
        return order

    def settle_payment(self, order: Order, payment_id: str) -> None:
        """Note that an order is paid, and tell subscribers."""
        _log.info("order paid", extra={"shop.order.id": order.id})
        self.changes.publish(self.store.pay(order.id, payment_id))

    async def confirm(self, order: Order) -> None:
        """Confirm an order. In a real shop: reserve stock, ask the bank."""
        self.changes.publish(self.store.settle(order.id, "confirmed"))

    def give_up(self, order: Order) -> None:
        """Note that an order could not be confirmed."""
        self.changes.publish(self.store.settle(order.id, "failed"))
