"""Shipments that were asked for, and how far they are."""

import time
from dataclasses import dataclass

from rabbitmq_aio_pika.store.database import Database, Transaction

REQUESTED, SHIPPED = "requested", "shipped"


class ConflictError(Exception):
    """The id is that of another shipment."""


class NotFoundError(Exception):
    """There is no shipment with this id."""


@dataclass(frozen=True)
class Shipment:
    """A shipment; `request` is the JSON that asked for it."""

    id: str
    request: str
    state: str


class Shipments:
    """The table of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, transaction: Transaction, shipment_id: str, request: str) -> bool:
        """Note a request; False when it was noted before. Raises ConflictError."""
        statement = "INSERT OR IGNORE INTO shipments VALUES (?, ?, ?, ?) RETURNING 1"
        if await transaction.insert(statement, shipment_id, request, REQUESTED, time.time()):
            return True
        ((before,),) = await transaction.run("SELECT request FROM shipments WHERE id = ?", shipment_id)
        if before != request:
            raise ConflictError(f"shipment {shipment_id} exists and is another one")
        return False

    async def mark(self, transaction: Transaction, shipment_id: str, state: str) -> None:
        """Note how far it is. One that another process was asked for is not here, and is let be."""
        statement = "UPDATE shipments SET state = ?, changed_at = ? WHERE id = ?"
        await transaction.run(statement, state, time.time(), shipment_id)

    async def get(self, shipment_id: str) -> Shipment:
        """Read one. Raises NotFoundError."""
        rows = await self._database.read("SELECT id, request, state FROM shipments WHERE id = ?", shipment_id)
        if not rows:
            raise NotFoundError(f"there is no shipment {shipment_id}")
        return Shipment(*rows[0])
