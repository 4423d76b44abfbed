"""Orders in memory, bounded: what does not fit is refused, never forgotten.

The one span of our own: `store order` shows where the time of a request goes. Its exception
is recorded here, where it leaves the unit of work, and not again by the server span.
"""

from dataclasses import dataclass, replace
from typing import Literal
from uuid import uuid4

from opentelemetry import metrics, trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from pydantic import ConfigDict

OrderStatus = Literal["accepted", "confirmed", "failed", "paid"]


class StoreFullError(Exception):
    """The store holds as many orders as it may."""


@dataclass(frozen=True)
class Order:
    """One line of one order."""

    __pydantic_config__ = ConfigDict(
        json_schema_extra={"examples": [{"id": "6f1e", "item": "tea", "quantity": 2, "status": "accepted"}]}
    )

    id: str
    item: str
    quantity: int
    status: OrderStatus = "accepted"
    payment_id: str | None = None


class OrderStore:
    """Keeps at most `max_orders` orders."""

    def __init__(self, max_orders: int) -> None:
        self._max_orders = max_orders
        self._orders: dict[str, Order] = {}
        self._ids: list[str] = []  # in order of arrival, so that a page is found by position
        self._tracer = trace.get_tracer(__name__)
        self._orders_created = metrics.get_meter(__name__).create_counter(
            "shop.orders.created", unit="{order}", description="Orders accepted by the store."
        )

    def add(self, item: str, quantity: int) -> Order:
        """Store a new order.

        Raises:
            StoreFullError: there is no room for it.
        """
        with self._tracer.start_as_current_span("store order") as span:
            if len(self._orders) >= self._max_orders:
                span.set_attribute(ERROR_TYPE, StoreFullError.__qualname__)
                raise StoreFullError(f"the store is full at {self._max_orders} orders")
            order = Order(str(uuid4()), item, quantity)
            self._orders[order.id] = order
            self._ids.append(order.id)
            span.set_attribute("shop.order.id", order.id)
        self._orders_created.add(1)
        return order

    def get(self, order_id: str) -> Order | None:
        """The order of that id, or None."""
        return self._orders.get(order_id)

    def settle(self, order_id: str, status: OrderStatus) -> Order:
        """Give a stored order its new status; one that is paid stays so."""
        if self._orders[order_id].status != "paid":
            self._orders[order_id] = replace(self._orders[order_id], status=status)
        return self._orders[order_id]

    def pay(self, order_id: str, payment_id: str) -> Order:
        """Note that a stored order is paid."""
        self._orders[order_id] = replace(self._orders[order_id], status="paid", payment_id=payment_id)
        return self._orders[order_id]

    def page(self, start: int, size: int) -> list[Order]:
        """At most `size` orders from position `start` on, oldest first; later ones may come meanwhile."""
        return [self._orders[order_id] for order_id in self._ids[start : start + size]]
