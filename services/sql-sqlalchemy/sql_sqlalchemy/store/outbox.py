"""Messages that leave if, and only if, the transaction that wrote them commits.

The context of the writer travels in the row, so that what is sent later links to the trace that caused it.
Rows are taken by `FOR UPDATE SKIP LOCKED` and not by a position in the table: a transaction that began early
and commits late cannot be passed over, and two dispatchers take different rows.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from opentelemetry import propagate
from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sql_sqlalchemy.store.models import OutboxMessage, now

LONGEST_BACKOFF_SECONDS = 300


def add_message(session: AsyncSession, topic: str, key: UUID, body: dict[str, object]) -> None:
    """Write a message in the session's transaction."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    session.add(OutboxMessage(topic=topic, key=key, body=body, headers=headers))


async def is_any_due(session: AsyncSession) -> bool:
    """Say whether there is something to dispatch."""
    return bool(await session.scalar(select(exists().where(OutboxMessage.due_at <= now()))))


async def take_due(session: AsyncSession, limit: int) -> Sequence[OutboxMessage]:
    """Lock the next messages until the transaction ends."""
    due = select(OutboxMessage).where(OutboxMessage.due_at <= now())
    oldest = due.order_by(OutboxMessage.due_at, OutboxMessage.id).limit(limit)
    return (await session.scalars(oldest.with_for_update(skip_locked=True))).all()


async def remove(session: AsyncSession, messages: Sequence[OutboxMessage]) -> None:
    """Delete what was dispatched: the table is a queue, not an archive."""
    ids = [message.id for message in messages]
    await session.execute(
        delete(OutboxMessage).where(OutboxMessage.id.in_(ids)).execution_options(synchronize_session=False)
    )


async def postpone(session: AsyncSession, message: OutboxMessage) -> None:
    """Try a message again later and later, so that one that nobody takes does not hold up the rest."""
    attempts = message.attempts + 1
    wait = timedelta(seconds=min(LONGEST_BACKOFF_SECONDS, 2 ** min(attempts, 10)))
    await session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message.id)
        .values(attempts=attempts, due_at=now() + wait)
        .execution_options(synchronize_session=False)
    )
