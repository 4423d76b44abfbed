"""nats-jetstream as a drill's victim, and what its broker has to say afterwards."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from nats_jetstream.connection import Connection
from nats_jetstream.lag import LagWatch
from nats_jetstream.record import Record
from nats_jetstream.settings import Settings
from nats_jetstream.stock import Stock
from nats_jetstream.topology import RECORD, STOCK
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

SETTLED_SECONDS = 600.0
LOOK_SECONDS = 0.1


@contextmanager
def orders_service(broker_url: str, settings: Mapping[str, str]) -> Iterator[ServiceProcess]:
    """Run the service on that broker; `settings` are its own and those of its telemetry."""
    port = free_port()
    environ = {"NATS_URL": broker_url, "NATS_JETSTREAM_PORT": str(port), **settings}
    with ServiceProcess([sys.executable, "-m", "nats_jetstream"], environ, port) as service:
        yield service.wait_until_listening()


@dataclass(frozen=True)
class Books:
    """The broker, read past the service."""

    connection: Connection

    async def settle(self) -> None:
        """Wait until no message waits or is under way."""
        deadline = time.monotonic() + SETTLED_SECONDS
        watch = LagWatch(self.connection.jetstream, LOOK_SECONDS)
        while True:
            lag = await watch.ask()
            if not any(one.pending or one.ack_pending for one in lag.consumers):
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"messages are left after {SETTLED_SECONDS:g} s: {lag}")
            await asyncio.sleep(LOOK_SECONDS)

    async def dead_letters(self) -> int:
        """Count the dead letters."""
        return (await LagWatch(self.connection.jetstream, LOOK_SECONDS).ask()).dead_letters

    async def fulfilled(self, order_ids: set[str]) -> set[str]:
        """Of these orders those that the record has as fulfilled."""
        record = Record(await self.connection.jetstream.key_value(RECORD))
        return {order_id for order_id in order_ids if await record.is_fulfilled(order_id)}

    async def stock(self, item: str, level: int) -> None:
        """Have so many of an item."""
        stock = Stock(await self.connection.jetstream.key_value(STOCK))
        await stock.add(item, level - (await stock.look(item)).level)

    async def level(self, item: str) -> tuple[int, int]:
        """How many of an item there are, and how many of those are set aside."""
        shelf = await Stock(await self.connection.jetstream.key_value(STOCK)).look(item)
        return shelf.level, sum(one.quantity for one in shelf.reserved.values())


@asynccontextmanager
async def open_books(broker_url: str) -> AsyncIterator[Books]:
    """Read the broker in the block."""
    connection = Connection(Settings(nats_url=SecretStr(broker_url), request_seconds=30))
    await connection.open("drill")
    try:
        yield Books(connection)
    finally:
        await connection.close()
