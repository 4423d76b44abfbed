"""Messages leave when, and only when, what they tell was committed; at least once, whatever dies between."""

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sql_sqlalchemy.publisher import BATCH, Dispatcher
from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.errors import StoreError
from sql_sqlalchemy.store.models import OutboxMessage, now
from sql_sqlalchemy.store.outbox import add_message


class Receiver:
    """Notes the key of each message; refuses those of some topics."""

    def __init__(self, *refused: str) -> None:
        self.keys: Counter[UUID] = Counter()
        self._refused = refused

    async def take(self, message: OutboxMessage) -> None:
        await asyncio.sleep(0)  # another dispatcher's turn
        if message.topic in self._refused:
            raise ConnectionError("the receiver is away")
        self.keys[message.key] += 1


async def write(database: Database, *topics: str) -> list[UUID]:
    keys = [uuid4() for _ in topics]

    async def work(session: AsyncSession) -> None:
        for topic, key in zip(topics, keys, strict=True):
            add_message(session, topic, key, {"text": "ö ' \" \\ 🫖"})

    await database.write(work)
    return keys


async def waiting(database: Database) -> int:
    count = await database.read(lambda session: session.scalar(select(func.count(OutboxMessage.id))))
    return count or 0


async def test_written_message_is_handed_on_once_and_is_gone(database: Database) -> None:
    receiver = Receiver()
    keys = await write(database, *["orders.placed"] * (BATCH + 1))
    dispatcher = Dispatcher(database, receiver.take, 1)

    counts = [await dispatcher.dispatch_due() for _ in range(3)]

    assert counts == [BATCH, 1, 0]
    assert receiver.keys == Counter(keys)
    assert await waiting(database) == 0


async def test_message_of_a_transaction_that_fails_was_never_there(database: Database) -> None:
    async def work(session: AsyncSession) -> None:
        add_message(session, "orders.placed", uuid4(), {})
        await session.flush()
        raise LookupError("the work failed")

    with pytest.raises(LookupError):
        await database.write(work)

    assert await waiting(database) == 0


async def test_message_that_was_taken_before_a_crash_is_handed_on_again(database: Database) -> None:
    (key,) = await write(database, "orders.placed")
    receiver = Receiver()

    async def take_and_die(message: OutboxMessage) -> None:
        await receiver.take(message)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Dispatcher(database, take_and_die, 1).dispatch_due()
    await Dispatcher(database, receiver.take, 1).dispatch_due()

    assert receiver.keys == Counter({key: 2})
    assert await waiting(database) == 0


async def test_two_dispatchers_hand_each_message_on_once(database: Database) -> None:
    keys = await write(database, *["orders.placed"] * 60)
    receiver = Receiver()
    dispatchers = [Dispatcher(database, receiver.take, 1) for _ in range(2)]

    while await waiting(database):
        await asyncio.gather(*(dispatcher.dispatch_due() for dispatcher in dispatchers))

    assert receiver.keys == Counter(keys)


async def test_message_that_nobody_takes_waits_and_holds_up_no_other(database: Database) -> None:
    refused, taken = await write(database, "broken", "orders.placed")
    receiver = Receiver("broken")
    dispatcher = Dispatcher(database, receiver.take, 1)

    assert [await dispatcher.dispatch_due() for _ in range(2)] == [1, 0]
    assert receiver.keys == Counter([taken])

    await database.write(lambda session: session.execute(update(OutboxMessage).values(due_at=now())))
    await Dispatcher(database, Receiver().take, 1).dispatch_due()
    assert await waiting(database) == 0
    assert refused not in receiver.keys


async def test_loop_goes_on_after_the_database_failed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = await write(database, "orders.placed")
    receiver, failures = Receiver(), [StoreError("away"), LookupError("a defect")]
    dispatcher = Dispatcher(database, receiver.take, 0.01)
    dispatch = dispatcher.dispatch_due

    async def fail_first() -> int:
        if failures:
            raise failures.pop()
        return await dispatch()

    monkeypatch.setattr(dispatcher, "dispatch_due", fail_first)
    dispatcher.start()
    async with asyncio.timeout(10):
        while await waiting(database):  # noqa: ASYNC110 - the table says it, not an event
            await asyncio.sleep(0.01)
    await dispatcher.stop()

    assert receiver.keys == Counter(keys)


async def test_receiver_that_hangs_does_not_keep_the_service_from_ending(database: Database) -> None:
    await write(database, "orders.placed")
    begun = asyncio.Event()

    async def hang(_: OutboxMessage) -> None:
        begun.set()
        await asyncio.Event().wait()

    dispatcher = Dispatcher(database, hang, 0.01)
    dispatcher.start()
    await asyncio.wait_for(begun.wait(), 10)
    async with asyncio.timeout(10):
        await dispatcher.stop()

    assert await waiting(database) == 1
