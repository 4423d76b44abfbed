"""Which messages were processed: noted in the transaction of the work, so that it is done once.

A broker delivers at least once, and a retry whose acknowledgement got lost comes twice. The id is the one
that the sender gave; a message without one is processed whenever it comes.
"""

import time

from rabbitmq_aio_pika.store.database import Database, Transaction


class DuplicateError(Exception):
    """The message was processed before."""


_PRUNE_SECONDS, _MOST_PRUNED = 10.0, 50_000  # now and then, so that no message waits long for it


class Inbox:
    """The table of them, by queue: each queue's consumers do something else with the same message."""

    def __init__(self, database: Database, remember_seconds: float) -> None:
        self._database, self._remember_seconds = database, remember_seconds
        self._prune_at = 0.0

    async def has(self, queue: str, message_id: str | None) -> bool:
        """Say whether it was processed."""
        if message_id is None:
            return False
        statement = "SELECT 1 FROM processed WHERE queue = ? AND message_id = ?"
        return bool(await self._database.read(statement, queue, message_id))

    async def add(self, transaction: Transaction, queue: str, message_id: str | None) -> None:
        """Note it in the transaction of the work. Raises DuplicateError when another worker was faster."""
        if message_id is None:
            return
        if time.monotonic() > self._prune_at:
            await self._prune(transaction)
        statement = "INSERT OR IGNORE INTO processed VALUES (?, ?, ?) RETURNING 1"
        if not await transaction.insert(statement, queue, message_id, time.time()):
            raise DuplicateError(f"message {message_id} of {queue} was processed before")

    async def _prune(self, transaction: Transaction) -> None:
        self._prune_at = time.monotonic() + _PRUNE_SECONDS
        await transaction.run(
            "DELETE FROM processed WHERE (queue, message_id) IN"
            " (SELECT queue, message_id FROM processed WHERE processed_at < ? LIMIT ?)",
            time.time() - self._remember_seconds,
            _MOST_PRUNED,
        )
