"""Whoever talks to the shop over NATS, from a process of his own."""

from dataclasses import dataclass

from nats.js.kv import KeyValue

from nats_jetstream.connection import Connection
from nats_jetstream.publisher import Publisher
from nats_jetstream.settings import Settings
from nats_jetstream.shapes import Order, Restock, Shelf


@dataclass(frozen=True)
class Customer:
    """A customer on a connection of his own."""

    connection: Connection
    settings: Settings

    async def place(self, order: Order) -> bool:
        """Publish an order."""
        seconds = self.settings.request_seconds
        client = self.connection.client
        return await Publisher(self.connection.jetstream, client.max_payload, seconds).place(order)

    async def bucket(self, name: str) -> KeyValue:
        """Open a bucket."""
        return await self.connection.jetstream.key_value(name)

    async def restock(self, item: str, quantity: int) -> Shelf:
        """Ask the micro service to put goods on a shelf."""
        data = Restock(item=item, quantity=quantity).model_dump_json().encode()
        reply = await self.connection.client.request("shop.stock.add", data, timeout=5)
        return Shelf.model_validate_json(reply.data)
