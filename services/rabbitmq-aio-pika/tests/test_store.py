"""The store: what is refused waits longer and longer; one process has the file."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from otelkit import ConfigurationError
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shop import Shop
from rabbitmq_aio_pika.store.database import open_database
from rabbitmq_aio_pika.store.inbox import DuplicateError, Inbox
from rabbitmq_aio_pika.store.outbox import Outbox, OutboxMessage

pytestmark = pytest.mark.integration
OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]


async def test_refused_message_waits_longer_and_longer(tmp_path: Path) -> None:
    async with open_database(tmp_path / "shop.sqlite") as database:
        outbox = Outbox(database, 10)
        async with database.transaction() as transaction:
            await outbox.add(transaction, OutboxMessage("1", "shop", "key", "kind", b"{}"))
        (message,) = await outbox.take_due(10)

        await outbox.settle([], [(message, "nobody wants it")])

        assert await outbox.take_due(10) == []
        (kept,) = await outbox.show(10)
        assert (kept.attempts, kept.reason) == (1, "nobody wants it")


async def test_store_of_another_process_is_named_with_the_remedy(shop: Shop, settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="RABBITMQ_AIO_PIKA_STORE"):
        async with open_database(settings.store):
            pass


async def test_what_a_transaction_did_is_undone_when_it_fails(tmp_path: Path) -> None:
    async with open_database(tmp_path / "shop.sqlite") as database:
        outbox = Outbox(database, 10)

        async def fail() -> None:
            async with database.transaction() as transaction:
                await outbox.add(transaction, OutboxMessage("1", "shop", "key", "kind", b"{}"))
                raise LookupError("the work failed")

        with pytest.raises(LookupError):
            await fail()

        assert await outbox.take_due(10) == []


async def test_processed_messages_are_forgotten_after_a_while(tmp_path: Path) -> None:
    async with open_database(tmp_path / "shop.sqlite") as database:
        for message_id in ("old", "new"):
            inbox = Inbox(database, 0)  # a process that remembers nothing
            async with database.transaction() as transaction:
                await inbox.add(transaction, "queue", message_id)

        assert [await inbox.has("queue", message_id) for message_id in ("old", "new")] == [False, True]


async def test_second_copy_in_one_moment_is_a_duplicate(tmp_path: Path) -> None:
    async with open_database(tmp_path / "shop.sqlite") as database:
        inbox = Inbox(database, 60)
        async with database.transaction() as transaction:
            await inbox.add(transaction, "queue", "1")
        with pytest.raises(DuplicateError):
            async with database.transaction() as transaction:
                await inbox.add(transaction, "queue", "1")
        async with database.transaction() as transaction:
            await inbox.add(transaction, "queue", None)  # nobody can tell
