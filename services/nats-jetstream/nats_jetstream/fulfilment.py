"""What is done for an order, exactly once, however often it is delivered.

The moment in which it is done is one transition in the record. What comes before it (reserving, the invoice)
and after it (shipping) is named by the order, so that doing it again does nothing. A worker that dies
anywhere leaves what the next delivery completes.
"""

import asyncio
import logging

from nats.aio.msg import Msg
from opentelemetry import metrics, trace
from pydantic import ValidationError

from nats_jetstream.invoices import Invoices
from nats_jetstream.letters import REPLAYED
from nats_jetstream.notices import Notices
from nats_jetstream.record import Record, State
from nats_jetstream.settling import HopelessError
from nats_jetstream.shapes import Order
from nats_jetstream.stock import Stock, UnknownItemError

_log = logging.getLogger(__name__)


class MalformedOrderError(HopelessError):
    """The message is no order."""


class ImpossibleOrderError(HopelessError):
    """The shop does not have what was ordered, and never had."""


def is_again(message: Msg) -> bool:
    """Say whether a message was delivered before, under this sequence or before its replay."""
    return message.metadata.num_delivered > 1 or REPLAYED in (message.headers or {})


class Fulfilment:
    """Works on orders; packing one takes `packing_seconds`."""

    def __init__(
        self, stock: Stock, record: Record, invoices: Invoices, notices: Notices, packing_seconds: float
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
            await self.fulfil(order, may_be_known=is_again(message))
        except UnknownItemError as error:
            raise ImpossibleOrderError(str(error)) from None

    async def fulfil(self, order: Order, *, may_be_known: bool = False) -> bool:
        """Fulfil an order; True when this was the time that counted."""
        name, counted = str(order.id), False
        state, revision, token = await self._record.begin(name, may_be_known=may_be_known)
        if state is State.BEGUN:
            token = await self._stock.reserve(order.item, order.quantity, name)
            await asyncio.sleep(self._packing_seconds)
            await self._invoices.write(order)
            counted = await self._record.complete(name, revision, token)
            token = token if counted else (await self._record.read(name)).token
        await self._stock.ship(order.item, name, token)
        if counted:
            self._fulfilled.add(1)
            _log.info("order fulfilled", extra={"shop.order.id": name})
            await self._notices.tell(order)
        return counted
