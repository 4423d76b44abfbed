"""PostgreSQL away: in the middle of a transaction, restarted, frozen. Nothing is done by half."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncSession

from otelkit.testing.servers.server import Server
from sql_sqlalchemy.settings import Settings
from sql_sqlalchemy.store.address import read_address
from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.engine import open_engine
from sql_sqlalchemy.store.errors import UnavailableError
from sql_sqlalchemy.store.models import Account
from sql_sqlalchemy.store.transfers import Ledger, NewTransfer

pytestmark = pytest.mark.integration


@pytest.fixture
async def own_database(impatient: Settings) -> AsyncIterator[Database]:
    """Transactions on that server."""
    engine = open_engine(read_address(impatient.database_url.get_secret_value()), impatient)
    yield Database(engine, 10)
    await engine.dispose()


async def test_transaction_whose_server_dies_runs_again_when_it_is_back(
    own_database: Database, own_postgres_server: Server
) -> None:
    ledger = Ledger(own_database)
    ann, bob = [await ledger.open_account(owner, 1000) for owner in ("Ann", "Bob")]
    attempts: list[int] = []

    async def work(session: AsyncSession) -> None:
        source = await session.get_one(Account, ann.id, with_for_update=True)
        attempts.append(source.balance_cents)
        source.balance_cents -= 100
        await session.flush()
        if len(attempts) == 1:
            await asyncio.to_thread(own_postgres_server.kill)
            await asyncio.to_thread(own_postgres_server.restart)
        (await session.get_one(Account, bob.id)).balance_cents += 100

    await own_database.write(work)

    assert attempts == [1000, 1000]
    assert [(await ledger.account(one.id)).balance_cents for one in (ann, bob)] == [900, 1100]


async def test_commit_whose_answer_is_lost_is_not_done_twice(
    own_database: Database, own_postgres_server: Server
) -> None:
    ledger = Ledger(own_database)
    ann, bob = [await ledger.open_account(owner, 1000) for owner in ("Ann", "Bob")]
    wanted = NewTransfer(uuid4(), ann.id, bob.id, 100)
    commits: list[int] = []

    @event.listens_for(own_database.engine.sync_engine, "commit")
    def die_after_the_first(connection: Connection) -> None:
        commits.append(1)
        if len(commits) == 1:
            connection.connection.commit()  # the server has it, and nobody hears of that
            own_postgres_server.kill()
            own_postgres_server.restart()
            raise ConnectionResetError

    await ledger.transfer(wanted)

    assert len(commits) > 1
    assert [(await ledger.account(one.id)).balance_cents for one in (ann, bob)] == [900, 1100]


async def test_server_that_stays_away_ends_the_attempts_in_time(
    own_database: Database, own_postgres_server: Server
) -> None:
    own_postgres_server.kill()
    short = Ledger(Database(own_database.engine, 1))

    begun = time.monotonic()
    with pytest.raises(UnavailableError, match="does not answer"):
        await short.open_account("Ann", 0)

    assert time.monotonic() - begun < 3
