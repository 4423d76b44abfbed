"""What is done for an order, exactly once, however often it is delivered.

The record in the bucket `fulfilled` is the moment in which it is done: `create` succeeds once. What comes
before it (reserving, the invoice) and after it (shipping) is named by the order, so that doing it again does
nothing. A worker that dies anywhere leaves what the next delivery completes.
"""

import asyncio
import logging

from nats.aio.msg import Msg
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue
from opentelemetry import metrics, trace
from pydantic import ValidationError

from nats_jetstream.errors import translated
from nats_jetstream.invoices import Invoices
from nats_jetstream.notices import Notices
from nats_jetstream.settling import HopelessError
from nats_jetstream.shapes import Order
from nats_jetstream.stock import Stock, UnknownItemError

_log = logging.getLogger(__name__)


class MalformedOrderError(HopelessError):
    """The message is no order."""


class ImpossibleOrderError(HopelessError):
    """The shop does not have what was ordered, and never had."""


class Fulfilment:
    """Works on orders; packing one takes `packing_seconds`."""

    def __init__(
        self, stock: Stock, record: KeyValue, invoices: Invoices, notices: Notices, packing_seconds: float
    ) -> None:
        self._stock, self._record, self._invoices, self._notices = stock, record, invoices, notices
        self._packing_seconds = packing_seconds
        self._fulfilled = metrics.get_meter(__name__).create_counter("shop.orders.fulfilled", "{order}")

    async def __call__(self, message: Msg) -> None:
        """Do what one delivery asks for. Raises HopelessError, OutOfStockError, BrokerError."""
        try:
            order = Order.model_validate_json(message.data)
        except ValidationError as error:  # its text would quote the message
            raise MalformedOrderError(f"{error.error_count()} fields are wrong") from None
        trace.get_current_span().set_attribute("shop.order.id", str(order.id))
        try:
            await self.fulfil(order)
        except UnknownItemError as error:
            raise ImpossibleOrderError(str(error)) from None

    async def fulfil(self, order: Order) -> bool:
        """Fulfil an order; True when this was the time that counted."""
        counted = False
        if not await self.is_fulfilled(str(order.id)):
            await self._stock.reserve(order.item, order.quantity, str(order.id))
            await asyncio.sleep(self._packing_seconds)
            await self._invoices.write(order)
            counted = await self._enter(order)
        await self._stock.ship(order.item, str(order.id))
        if counted:
            self._fulfilled.add(1)
            _log.info("order fulfilled", extra={"shop.order.id": str(order.id)})
            await self._notices.tell(order)
        return counted

    async def is_fulfilled(self, order_id: str) -> bool:
        """Look into the record."""
        with translated(f"record of {order_id}"):
            try:
                await self._record.get(order_id)
            except KeyNotFoundError:
                return False
        return True

    async def _enter(self, order: Order) -> bool:
        with translated(f"record of {order.id}"):
            try:
                await self._record.create(str(order.id), order.model_dump_json(exclude={"note"}).encode())
            except KeyWrongLastSequenceError:  # another delivery of it, at the same time, was faster
                return False
        return True
