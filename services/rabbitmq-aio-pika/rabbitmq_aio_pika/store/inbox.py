"""Which messages were processed: noted in the transaction of the work, so that it is done once.

A broker delivers at least once, and a retry whose acknowledgement got lost comes twice. The id is the one
that the sender gave; a message without one is processed whenever it comes.
"""

import time

from rabbitmq_aio_pika.store.database import Database, Transaction


class DuplicateError(Exception):
    """The message was processed before."""


_PRUNED = 500  # at once, so that no message waits long for it


class Inbox:
    """The table of them, by queue: each queue's consumers do something else with the same message."""

    def __init__(self, database: Database, remember_seconds: float) -> None:
        self._database, self._remember_seconds = database, remember_seconds

    async def has(self, queue: str, message_id: str | None) -> bool:
        """Say whether it was processed."""
        if message_id is None:
            return False
        async with self._database.transaction() as transaction:
            statement = "SELECT 1 FROM processed WHERE queue = ? AND message_id = ?"
            return bool(await transaction.run(statement, queue, message_id))

    async def add(self, transaction: Transaction, queue: str, message_id: str | None) -> None:
        """Note it in the transaction of the work. Raises DuplicateError when another worker was faster."""
        if message_id is None:
            return
        await transaction.run(
            "DELETE FROM processed WHERE (queue, message_id) IN"
            " (SELECT queue, message_id FROM processed WHERE processed_at < ? LIMIT ?)",
            time.time() - self._remember_seconds,
            _PRUNED,
        )
        statement = "INSERT OR IGNORE INTO processed VALUES (?, ?, ?) RETURNING 1"
        if not await transaction.insert(statement, queue, message_id, time.time()):
            raise DuplicateError(f"message {message_id} of {queue} was processed before")
