"""One query for the orders and then one for the lines of each; after: one for the lines of all."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import selectinload

from sql_sqlalchemy.scenarios import Scenario, observe
from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.models import Order, OrderLine
from sql_sqlalchemy.store.orders import NewLine, OrderRepository
from sql_sqlalchemy.store.sqlite import reading
from sql_sqlalchemy.store.transfers import Ledger

ORDERS = 12


async def seed(engine: AsyncEngine) -> None:
    """Place some orders."""
    database = Database(engine, retry_seconds=5)
    account = await Ledger(database).open_account("Ann", 0)
    for _ in range(ORDERS):
        await OrderRepository(database).place(account.id, [NewLine("tea", 1, 300)])


async def before(engine: AsyncEngine) -> None:
    """Ask once more for each order."""
    with observe("before: list orders"):
        async with AsyncSession(reading(engine)) as session:
            for order in (await session.scalars(select(Order))).all():
                await session.scalars(select(OrderLine).where(OrderLine.order_id == order.id))


async def after(engine: AsyncEngine) -> None:
    """Ask for all lines together."""
    with observe("after: list orders"):
        async with AsyncSession(reading(engine)) as session:
            await session.scalars(select(Order).options(selectinload(Order.lines)))


SCENARIO = Scenario(
    "orders and their lines: 1 + 12 queries before, 2 after", seed, before, after, settings={}
)
