"""What the shop does with each message: the handlers of its queues, and the carrier that it plays itself.

Each does its work, notes the message and writes what follows from it in one transaction: all of it happens
once, however often the message comes.
"""

import logging
from uuid import NAMESPACE_URL, UUID, uuid5

from aio_pika.abc import AbstractIncomingMessage
from opentelemetry import trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from rabbitmq_aio_pika.broker.topology import ANNOUNCEMENTS, SHIPMENTS
from rabbitmq_aio_pika.messages import read_body
from rabbitmq_aio_pika.shapes import HOME, Announcement, ShipmentRequest
from rabbitmq_aio_pika.store.database import Database
from rabbitmq_aio_pika.store.inbox import Inbox
from rabbitmq_aio_pika.store.outbox import Outbox, OutboxMessage
from rabbitmq_aio_pika.store.shipments import SHIPPED, Shipments

_log = logging.getLogger(__name__)


class CarrierError(Exception):
    """The carrier does not take the parcel now."""


class Carrier:
    """Takes parcels while it is available; a parcel that it has is not taken twice."""

    def __init__(self) -> None:
        self.available = True

    async def book(self, shipment: ShipmentRequest) -> None:
        """Hand a parcel over. Raises CarrierError."""
        tracer = trace.get_tracer(__name__)
        # The exception is recorded where it leaves the processing of the message.
        with tracer.start_as_current_span(
            "book carrier", kind=trace.SpanKind.CLIENT, record_exception=False
        ) as span:
            if not self.available:
                span.set_attribute(ERROR_TYPE, CarrierError.__name__)
                raise CarrierError(f"the carrier does not take parcel {shipment.id}")


class ShippingDesk:
    """Takes requests, and processes what comes of them."""

    def __init__(self, database: Database, outbox: Outbox, inbox: Inbox, carrier: Carrier) -> None:
        self.carrier = carrier
        self.shipments = Shipments(database)
        self._database, self._outbox, self._inbox = database, outbox, inbox

    async def request(self, wanted: ShipmentRequest) -> None:
        """Note a request and write its message; once for each id. Raises ConflictError, FullError."""
        self._outbox.ask_for_room()
        body = wanted.model_dump_json()
        message = OutboxMessage(
            str(wanted.id),
            SHIPMENTS,
            f"shipment.requested.{wanted.service}",
            "shipment.requested",
            body.encode(),
            {"abroad": wanted.country != HOME, "country": wanted.country},
            wanted.priority,
        )
        async with self._database.transaction() as transaction:
            if await self.shipments.add(transaction, str(wanted.id), body):
                await self._outbox.add(transaction, message)

    async def ship(self, queue: str, message: AbstractIncomingMessage) -> None:
        """Book the carrier, then announce that the parcel is on its way."""
        wanted = read_body(ShipmentRequest, message)
        await self.carrier.book(wanted)
        news = Announcement(shipment_id=str(wanted.id), order_id=wanted.order_id)
        announcement = OutboxMessage(
            str(uuid5(NAMESPACE_URL, f"shipped:{wanted.id}")),  # the same whenever it is made
            ANNOUNCEMENTS,
            "shipment.sent",
            "shipment.sent",
            news.model_dump_json().encode(),
        )
        async with self._database.transaction() as transaction:
            await self._inbox.add(transaction, queue, message.message_id)
            await self.shipments.mark(transaction, str(wanted.id), SHIPPED)
            await self._outbox.add(transaction, announcement)

    async def declare_to_customs(self, queue: str, message: AbstractIncomingMessage) -> None:
        """Tell the customs of a parcel that goes abroad."""
        wanted = read_body(ShipmentRequest, message)
        await self._note(queue, message, wanted.id, "declared to customs")

    async def tell_customer(self, queue: str, message: AbstractIncomingMessage) -> None:
        """Write to whoever waits for the parcel."""
        await self._note(queue, message, read_body(Announcement, message).shipment_id, "customer told")

    async def book_revenue(self, queue: str, message: AbstractIncomingMessage) -> None:
        """Put it into the books."""
        await self._note(queue, message, read_body(Announcement, message).shipment_id, "revenue booked")

    async def _note(
        self, queue: str, message: AbstractIncomingMessage, shipment_id: UUID | str, done: str
    ) -> None:
        async with self._database.transaction() as transaction:
            await self._inbox.add(transaction, queue, message.message_id)
        _log.info(done, extra={"shop.shipment.id": str(shipment_id)})
