"""Invoices in an object store: an object is as large as it likes, in chunks, with a digest over all of it."""

from nats.js.errors import ObjectNotFoundError
from nats.js.object_store import ObjectStore

from nats_jetstream.errors import NotFoundError, translated
from nats_jetstream.prices import PRICES_CENTS
from nats_jetstream.shapes import Order


class Invoices:
    """One object for each order, named by the order's id: written twice it is the same."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def write(self, order: Order) -> None:
        """Write the invoice of an order. Raises BrokerError."""
        cents = order.quantity * PRICES_CENTS.get(order.item, 0)
        lines = [f"Order {order.id}", f"{order.quantity} x {order.item}: {cents / 100:.2f}", order.note]
        with translated(f"invoice of {order.id}"):
            await self._store.put(str(order.id), "\n".join(lines))

    async def read(self, order_id: str) -> bytes:
        """Read an invoice. Raises NotFoundError, BrokerError."""
        with translated(f"invoice of {order_id}"):
            try:
                return (await self._store.get(order_id)).data or b""
            except ObjectNotFoundError:
                raise NotFoundError(f"there is no invoice of {order_id}") from None
