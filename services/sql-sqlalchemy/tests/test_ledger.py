"""Money: all of it or nothing, once, whoever else moves some at the same time."""

import asyncio
import sqlite3
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.errors import ConflictError, NotFoundError, UnavailableError
from sql_sqlalchemy.store.models import Account, Transfer
from sql_sqlalchemy.store.transfers import Ledger, NewTransfer


async def two_accounts(ledger: Ledger, cents: int = 1000) -> tuple[Account, Account]:
    return await ledger.open_account("Ann", cents), await ledger.open_account("Bob", cents)


def transfer_of(source: Account, target: Account, cents: int = 1) -> NewTransfer:
    return NewTransfer(uuid4(), source.id, target.id, cents)


async def balances(ledger: Ledger, *accounts: Account) -> list[int]:
    return [(await ledger.account(account.id)).balance_cents for account in accounts]


async def test_transfer_takes_from_one_and_gives_to_the_other(ledger: Ledger) -> None:
    ann, bob = await two_accounts(ledger)

    await ledger.transfer(transfer_of(ann, bob, 250))

    assert await balances(ledger, ann, bob) == [750, 1250]


async def test_repeated_transfer_moves_money_once(ledger: Ledger) -> None:
    ann, bob = await two_accounts(ledger)
    wanted = transfer_of(ann, bob, 250)

    await asyncio.gather(*(ledger.transfer(wanted) for _ in range(5)))

    assert await balances(ledger, ann, bob) == [750, 1250]


async def test_id_of_another_transfer_is_a_conflict(ledger: Ledger) -> None:
    ann, bob = await two_accounts(ledger)
    wanted = transfer_of(ann, bob, 250)
    await ledger.transfer(wanted)

    with pytest.raises(ConflictError, match="another transfer"):
        await ledger.transfer(NewTransfer(wanted.id, bob.id, ann.id, 250))

    assert await balances(ledger, ann, bob) == [750, 1250]


async def test_account_is_never_overdrawn(ledger: Ledger, database: Database) -> None:
    ann, bob = await two_accounts(ledger)

    with pytest.raises(ConflictError, match="too little money"):
        await ledger.transfer(transfer_of(ann, bob, 1001))

    assert await balances(ledger, ann, bob) == [1000, 1000]
    assert await database.read(lambda session: session.scalar(select(func.count(Transfer.id)))) == 0


async def test_transfer_between_one_account_and_itself_or_nobody_is_refused(ledger: Ledger) -> None:
    ann, _ = await two_accounts(ledger)

    for target in (ann.id, uuid4()):
        with pytest.raises(NotFoundError):
            await ledger.transfer(NewTransfer(uuid4(), ann.id, target, 1))


async def test_storm_in_both_directions_keeps_the_sum(ledger: Ledger, database: Database) -> None:
    ann, bob = await two_accounts(ledger)
    storm = [transfer_of(*((ann, bob) if number % 3 else (bob, ann)), number) for number in range(1, 31)]

    await asyncio.gather(*(ledger.transfer(wanted) for wanted in storm))

    moved = sum(wanted.amount_cents * (1 if wanted.from_account == ann.id else -1) for wanted in storm)
    assert await balances(ledger, ann, bob) == [1000 - moved, 1000 + moved]
    assert await database.read(lambda session: session.scalar(select(func.count(Transfer.id)))) == 30


@pytest.mark.parametrize("kind", ["postgres"], indirect=True)
@pytest.mark.integration
async def test_serialization_failure_runs_the_transaction_again(ledger: Ledger, database: Database) -> None:
    ann, bob = await two_accounts(ledger)
    attempts: list[int] = []

    async def work(session: AsyncSession) -> None:
        attempts.append((await session.get_one(Account, ann.id)).balance_cents)
        if len(attempts) == 1:
            await ledger.transfer(transfer_of(bob, ann, 5))
        account = await session.get_one(Account, ann.id)
        account.balance_cents += 1

    await database.write(work, repeatable_read=True)

    assert attempts == [1000, 1005]
    assert await balances(ledger, ann) == [1006]


async def test_endless_collision_ends_with_a_clear_error(database: Database) -> None:
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorcode = 5
    impatient = Database(database.engine, retry_seconds=0.2)

    async def work(_: AsyncSession) -> None:
        raise OperationalError("UPDATE", {}, busy)

    with pytest.raises(UnavailableError, match="collided"):
        await impatient.write(work)
