"""All parts on one connection, opened in the order in which they need each other and ended in the other one.

The order of the end: workers finish or give back what they have, then nobody answers requests any more, and
at last the connection is drained. The providers end after that, elsewhere.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version

from nats_jetstream.burial import Burial
from nats_jetstream.connection import Connection
from nats_jetstream.failures import Failures
from nats_jetstream.fulfilment import Fulfilment
from nats_jetstream.invoices import Invoices
from nats_jetstream.lag import LagWatch
from nats_jetstream.micro_service import serve_stock
from nats_jetstream.notices import Mailer, Notices
from nats_jetstream.publisher import Publisher
from nats_jetstream.record import Record
from nats_jetstream.replay import DeadLetters
from nats_jetstream.responder import answer_quotes
from nats_jetstream.settings import Settings
from nats_jetstream.settling import Settling
from nats_jetstream.stock import Stock
from nats_jetstream.stock_watch import StockWatch
from nats_jetstream.topology import (
    ADVISORIES,
    FAILURES,
    INVOICES,
    ORDERS,
    RECORD,
    STOCK,
    UNDERTAKERS,
    WORKERS,
)
from nats_jetstream.worker import Hands


@dataclass(frozen=True)
class Shop:
    """What the routes work with."""

    settings: Settings
    connection: Connection
    publisher: Publisher
    stock: Stock
    watch: StockWatch
    fulfilment: Fulfilment
    record: Record
    invoices: Invoices
    letters: DeadLetters
    lag: LagWatch


@asynccontextmanager
async def open_shop(settings: Settings) -> AsyncIterator[Shop]:
    """Run the shop within the block, on a broker that was prepared. Raises ConfigurationError."""
    connection = Connection(settings)
    await connection.open("nats-jetstream")
    async with AsyncExitStack() as until_the_end:
        until_the_end.push_async_callback(connection.close)
        shop = await _build(connection, settings)
        await _serve(shop, until_the_end)
        await _work(shop, until_the_end)
        yield shop


async def _build(connection: Connection, settings: Settings) -> Shop:
    js = connection.jetstream
    stock, invoices = Stock(await js.key_value(STOCK)), Invoices(await js.object_store(INVOICES))
    record, notices = Record(await js.key_value(RECORD)), Notices(connection.client)
    return Shop(
        settings,
        connection,
        Publisher(js, connection.client.max_payload, settings.request_seconds),
        stock,
        StockWatch(await js.key_value(STOCK)),
        Fulfilment(stock, record, invoices, notices, settings.packing_seconds),
        record,
        invoices,
        DeadLetters(js),
        LagWatch(js, settings.lag_seconds),
    )


async def _serve(shop: Shop, until_the_end: AsyncExitStack) -> None:
    client, settings = shop.connection.client, shop.settings
    await answer_quotes(client)
    service = await serve_stock(client, shop.stock, version("nats-jetstream"))
    until_the_end.push_async_callback(service.stop)
    mailer = Mailer(client, settings.notices_pending)
    await mailer.start()
    until_the_end.push_async_callback(mailer.stop)
    await shop.watch.start(settings.request_seconds)
    shop.connection.signals.on_return.append(shop.watch.renew)
    until_the_end.push_async_callback(shop.watch.stop)
    shop.lag.start()
    until_the_end.push_async_callback(shop.lag.stop)


async def _work(shop: Shop, until_the_end: AsyncExitStack) -> None:
    js, settings = shop.connection.jetstream, shop.settings
    failures = Failures(await js.key_value(FAILURES))
    undertaker = Hands(js, ADVISORIES, UNDERTAKERS, Burial(js, failures), quiet=True)
    await undertaker.start(1)
    settling = Settling(shop.fulfilment, failures, settings.ack_wait_seconds, settings.backoff_seconds)
    workers = Hands(js, ORDERS, WORKERS, settling)
    await workers.start(settings.instances * settings.concurrency)

    async def stop() -> None:
        await asyncio.gather(*(hands.stop(settings.drain_seconds) for hands in (workers, undertaker)))

    until_the_end.push_async_callback(stop)
