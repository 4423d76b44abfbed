"""Messages that wait for the broker: written with what they tell, removed when the broker has confirmed them.

A message keeps the context of whoever wrote it, and is published in it, so that a trace goes on where it was
interrupted: by a dead broker, or by the death of this process. A second one with the same id is ignored.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from opentelemetry import propagate

from rabbitmq_aio_pika.store.database import Database, Transaction

LONGEST_PAUSE_SECONDS = 300.0


class FullError(Exception):
    """The outbox holds as much as it may."""


@dataclass(frozen=True)
class OutboxMessage:
    """A message, where it goes, and why it is still here."""

    message_id: str
    exchange: str
    routing_key: str
    kind: str
    body: bytes
    headers: dict[str, Any] = field(default_factory=dict)
    priority: int | None = None
    context: dict[str, str] = field(default_factory=dict)
    attempts: int = 0
    reason: str | None = None


_COLUMNS = "message_id, exchange, routing_key, kind, body, headers, priority, context, attempts, reason"


class Outbox:
    """The table of them; `limit` is how many may wait."""

    def __init__(self, database: Database, limit: int) -> None:
        self._database, self._limit = database, limit
        self.waiting = self.refused = 0  # as of the last count, plus what was added since
        self.added = asyncio.Event()

    def ask_for_room(self) -> None:
        """Raise FullError when there is none for a message that could as well come later."""
        if self.waiting + self.refused >= self._limit:
            raise FullError(f"the outbox is full: {self._limit} messages wait for the broker")

    async def add(self, transaction: Transaction, message: OutboxMessage) -> None:
        """Write a message in a transaction, with the current context."""
        context: dict[str, str] = {}
        propagate.inject(context)
        now = time.time()
        await transaction.run(
            f"INSERT OR IGNORE INTO outbox ({_COLUMNS}, written_at, due_at)"  # noqa: S608 - a constant
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, NULL, ?, ?)",
            message.message_id,
            message.exchange,
            message.routing_key,
            message.kind,
            message.body,
            json.dumps(message.headers),
            message.priority,
            json.dumps(context),
            now,
            now,
        )
        self.waiting += 1
        self.added.set()

    async def take_due(self, limit: int) -> list[OutboxMessage]:
        """Read the next messages, oldest first; they stay until they are removed."""
        statement = f"SELECT {_COLUMNS} FROM outbox WHERE due_at <= ? ORDER BY due_at, written_at LIMIT ?"  # noqa: S608 - a constant
        return [_message(row) for row in await self._database.read(statement, time.time(), limit)]

    async def settle(self, confirmed: Sequence[str], refused: Sequence[tuple[OutboxMessage, str]]) -> None:
        """Remove what the broker has; keep what it does not want, with the reason, for a later attempt."""
        async with self._database.transaction() as transaction:
            await transaction.run_many(
                "DELETE FROM outbox WHERE message_id = ?", [(message_id,) for message_id in confirmed]
            )
            now = time.time()
            await transaction.run_many(
                "UPDATE outbox SET attempts = attempts + 1, reason = ?, due_at = ? WHERE message_id = ?",
                [
                    (reason, now + pause_after(message.attempts), message.message_id)
                    for message, reason in refused
                ],
            )

    async def show(self, limit: int) -> list[OutboxMessage]:
        """Read the oldest messages, those with a reason first."""
        statement = f"SELECT {_COLUMNS} FROM outbox ORDER BY reason IS NULL, written_at LIMIT ?"  # noqa: S608 - a constant
        return [_message(row) for row in await self._database.read(statement, limit)]

    async def count(self) -> None:
        """Count those that only wait, and those that the broker did not want."""
        ((all_, refused),) = await self._database.read("SELECT count(*), count(reason) FROM outbox")
        self.waiting, self.refused = all_ - refused, refused


def pause_after(attempts: int) -> float:
    """Seconds until the next attempt: 0.25, 0.5, 1, ... up to five minutes."""
    return min(LONGEST_PAUSE_SECONDS, float(2 ** min(attempts, 20)) / 4)


def _message(row: tuple[Any, ...]) -> OutboxMessage:
    message_id, exchange, routing_key, kind, body, headers, priority, context, attempts, reason = row
    return OutboxMessage(
        message_id,
        exchange,
        routing_key,
        kind,
        body,
        json.loads(headers),
        priority,
        json.loads(context),
        attempts,
        reason,
    )
