"""Everything behind the HTTP face, put together: it begins and ends in one place, in one order.

At the end nothing new leaves the outbox, consumers finish or give back, connections close, the store closes:
each while what it needs is still there. Providers of telemetry end after all of it, elsewhere.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from opentelemetry import metrics

from rabbitmq_aio_pika.batch_consumer import ScanRecorder
from rabbitmq_aio_pika.broker import topology
from rabbitmq_aio_pika.broker.consuming import ConsumingSide, Starts
from rabbitmq_aio_pika.broker.errors import BlockedError, BrokerError, UnavailableError
from rabbitmq_aio_pika.broker.publishing import PublishingSide
from rabbitmq_aio_pika.consumer import Consumer, Desk
from rabbitmq_aio_pika.dead_letters import DeadLetters
from rabbitmq_aio_pika.dispatcher import Dispatcher
from rabbitmq_aio_pika.publisher import Publisher
from rabbitmq_aio_pika.retries import Retries
from rabbitmq_aio_pika.rpc_client import QuoteClient
from rabbitmq_aio_pika.rpc_server import QuoteServer
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shipping import Carrier, ShippingDesk
from rabbitmq_aio_pika.store.database import Database, open_database
from rabbitmq_aio_pika.store.inbox import Inbox
from rabbitmq_aio_pika.store.outbox import Outbox


class Shop:
    """The parts that handlers, demo and tests use."""

    def __init__(self, settings: Settings, database: Database, carrier: Carrier) -> None:
        meter = metrics.get_meter("rabbitmq_aio_pika")
        self._settings = settings
        self.carrier = carrier
        self.consuming = ConsumingSide(settings)
        self.publishing = PublishingSide(settings, meter)
        self.publisher = Publisher(self.publishing.channels, settings, self._why_not)
        self.outbox = Outbox(database, settings.outbox_limit)
        self.dispatcher = Dispatcher(self.outbox, self.publisher, settings.outbox_seconds, meter)
        inbox = Inbox(database, settings.remember_seconds)
        self.desk = ShippingDesk(database, self.outbox, inbox, carrier)
        self.dead_letters = DeadLetters(self.publisher)
        self.quotes = QuoteClient(self.publisher, settings.quote_seconds)
        self._quote_server = QuoteServer(self.publisher, settings.prefetch)
        retries = Retries(self.publisher, settings.retry_delays_seconds)
        self._scans = ScanRecorder(database, retries, settings)
        settled = meter.create_counter(
            "shop.messages.settled", "{message}", "Messages by what became of them."
        )
        shared = Desk(inbox, retries, settled)
        self._consumers = [
            Consumer(queue, handler, shared, settings)
            for queue, handler in (
                (topology.STANDARD, self.desk.ship),
                (topology.EXPRESS, self.desk.ship),
                (topology.CUSTOMS, self.desk.declare_to_customs),
                (topology.MAIL, self.desk.tell_customer),
                (topology.LEDGER, self.desk.book_revenue),
            )
        ]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Publish and consume in the block; then finish or give back what is under way."""
        everybody: list[Starts] = [*self._consumers, self._scans, self._quote_server, self.quotes]
        async with self.publishing.opened(), self.consuming.opened(everybody):
            self.dispatcher.start()
            try:
                yield
            finally:
                await self.dispatcher.stop()
                await self._stop_consuming()

    def broker_state(self) -> str:
        """Say for people how the broker is: `up`, `blocked` or `away`."""
        if self.publishing.watch.is_blocked:
            return "blocked"
        return "up" if self.consuming.is_connected else "away"

    def _why_not(self) -> BrokerError | None:
        """Why nothing can be published now, if that is known without trying."""
        if self.publishing.watch.is_blocked:
            return BlockedError("the broker takes no messages: it has an alarm for memory or disk")
        if not self.consuming.up.is_set():
            return UnavailableError("the broker has not been reached yet")
        return None

    async def _stop_consuming(self) -> None:
        seconds = self._settings.drain_seconds
        await asyncio.gather(
            *(consumer.stop(seconds) for consumer in self._consumers), self._scans.stop(seconds)
        )
        await asyncio.gather(self._quote_server.stop(), self.quotes.stop())


@asynccontextmanager
async def open_shop(settings: Settings, carrier: Carrier) -> AsyncIterator[Shop]:
    """Open the store, then everything on it. Raises ConfigurationError."""
    async with open_database(settings.store) as database:
        shop = Shop(settings, database, carrier)
        async with shop.opened():
            yield shop
