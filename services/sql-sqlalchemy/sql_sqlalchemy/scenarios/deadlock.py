"""Two transfers in opposite directions lock one account each and want the other's; after: in one order.

The servers find the circle and end one of the two. SQLite has no row locks, and the same code shows its own
variant: two transactions that began by reading both want to write, and one is told "database is locked" at
once. After, both begin as writers, and one waits for the other.
"""

import asyncio
from contextlib import suppress
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sql_sqlalchemy.scenarios import Scenario, observe
from sql_sqlalchemy.store.models import Account
from sql_sqlalchemy.store.sqlite import reading

ANN, BOB = UUID(int=1), UUID(int=2)


async def seed(engine: AsyncEngine) -> None:
    """Open two accounts."""
    async with engine.begin() as connection:
        rows = [{"id": account, "owner": "owner", "balance_cents": 100} for account in (ANN, BOB)]
        await connection.execute(Account.__table__.insert(), rows)  # type: ignore[attr-defined]  # a Table


async def before(engine: AsyncEngine) -> None:
    """Lock the payer's account, then the receiver's."""
    both_hold_one = asyncio.Barrier(2)

    async def transfer(payer: UUID, receiver: UUID) -> None:
        with suppress(DBAPIError), observe("transfer money"):
            async with reading(engine).begin() as connection:
                await _lock(connection, payer)
                await both_hold_one.wait()
                await _book(connection, receiver, 1)
                await _book(connection, payer, -1)

    with observe("before: two transfers"):
        await asyncio.gather(transfer(ANN, BOB), transfer(BOB, ANN))


async def after(engine: AsyncEngine) -> None:
    """Lock both accounts at once, in the order of their ids."""

    async def transfer(payer: UUID, receiver: UUID) -> None:
        with observe("transfer money"):
            async with engine.begin() as connection:
                await _lock(connection, payer, receiver)
                await _book(connection, receiver, 1)
                await _book(connection, payer, -1)

    with observe("after: two transfers"):
        await asyncio.gather(transfer(ANN, BOB), transfer(BOB, ANN))


async def _lock(connection: AsyncConnection, *accounts: UUID) -> None:
    await connection.execute(
        select(Account.id).where(Account.id.in_(accounts)).order_by(Account.id).with_for_update()
    )


async def _book(connection: AsyncConnection, account: UUID, cents: int) -> None:
    balance = {"balance_cents": Account.balance_cents + cents}
    await connection.execute(update(Account).where(Account.id == account).values(balance))


SCENARIO = Scenario(
    "two transfers in opposite directions: one fails before, none after", seed, before, after, settings={}
)
