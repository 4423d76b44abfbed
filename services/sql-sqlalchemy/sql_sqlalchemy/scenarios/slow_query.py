"""What each order brought the total to: a subquery for each row; after: one pass with a window function.

The bound on statements is what makes it visible before customers complain: the slow one is cancelled, and
its span says so.
"""

from contextlib import suppress

from sqlalchemy import Select, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import aliased

from sql_sqlalchemy.scenarios import Scenario, observe
from sql_sqlalchemy.store.bulk import import_orders
from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.models import Order
from sql_sqlalchemy.store.orders import NewLine
from sql_sqlalchemy.store.sqlite import reading
from sql_sqlalchemy.store.transfers import Ledger

ORDERS = 10_000


async def seed(engine: AsyncEngine) -> None:
    """Import orders of one customer."""
    database = Database(engine, retry_seconds=5)
    account = await Ledger(database).open_account("Ann", 0)
    await import_orders(database, account.id, [NewLine("tea", 1, cents) for cents in range(ORDERS)])


async def before(engine: AsyncEngine) -> None:
    """Add up all earlier orders for each order: 50 million rows are looked at."""
    earlier = aliased(Order)
    so_far = (
        select(func.sum(earlier.total_cents))
        .where(earlier.account_id == Order.account_id, earlier.total_cents <= Order.total_cents)
        .scalar_subquery()
    )
    with suppress(DBAPIError), observe("before: running totals"):
        await _report(engine, select(Order.id, so_far))


async def after(engine: AsyncEngine) -> None:
    """Add up as the rows go by."""
    window = func.sum(Order.total_cents).over(partition_by=Order.account_id, order_by=Order.total_cents)
    with observe("after: running totals"):
        await _report(engine, select(Order.id, window))


async def _report(engine: AsyncEngine, query: "Select[tuple[object, int]]") -> None:
    async with reading(engine).connect() as connection:
        await connection.execute(query)


SCENARIO = Scenario(
    "a report over 10,000 orders: cancelled after half a second before, done in milliseconds after",
    seed,
    before,
    after,
    settings={"statement_seconds": 0.5},
)
