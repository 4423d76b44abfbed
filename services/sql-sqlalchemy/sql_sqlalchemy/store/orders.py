"""The repository of orders: joins instead of one query for each order, pages by key, versions.

Relations raise when something touches them that was not loaded, so an N+1 cannot slip in unseen.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, selectinload
from sqlalchemy.orm.exc import StaleDataError

from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.errors import ConflictError, NotFoundError
from sql_sqlalchemy.store.filters import OrderFilter
from sql_sqlalchemy.store.models import Account, Order, OrderLine, OrderStatus
from sql_sqlalchemy.store.outbox import add_message
from sql_sqlalchemy.store.pages import Cursor
from sql_sqlalchemy.store.work import unit_of_work


@dataclass(frozen=True)
class NewLine:
    """One item of an order to be placed."""

    item: str
    quantity: int
    price_cents: int


@dataclass(frozen=True)
class Page:
    """Some orders, newest first; `next` is None on the last page."""

    orders: list[Order]
    next: Cursor | None


class OrderRepository:
    """Places, finds and changes orders."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(self, account_id: UUID, lines: list[NewLine]) -> UUID:
        """Place an order and say so in the outbox; its id. Raises NotFoundError, StoreError."""
        order_id = uuid4()
        with unit_of_work("place order", order_id=str(order_id)):
            await self._database.write(lambda session: _place(session, order_id, account_id, lines))
        return order_id

    async def find(self, wanted: OrderFilter, limit: int, after: Cursor | None = None) -> Page:
        """Find a page of orders with their lines and owners: two statements, however many orders."""
        query = _with_everything(select(Order)).where(*wanted.conditions())
        if after is not None:
            query = query.where(after.condition())
        query = query.order_by(Order.placed_at.desc(), Order.id.desc()).limit(limit + 1)

        async def work(session: AsyncSession) -> list[Order]:
            return list((await session.scalars(query)).unique())

        found = await self._database.read(work)
        page = found[:limit]
        last = page[-1] if len(found) > limit else None
        return Page(page, Cursor(last.placed_at, last.id) if last else None)

    async def get(self, order_id: UUID) -> Order:
        """Read one order. Raises NotFoundError."""
        query = _with_everything(select(Order)).where(Order.id == order_id)
        order = await self._database.read(lambda session: session.scalar(query))
        if order is None:
            raise NotFoundError("no order has this id")
        return order

    async def change_status(self, order_id: UUID, status: OrderStatus, version: int) -> int:
        """Change an order that is still at `version`; the new version.

        Raises NotFoundError, and ConflictError when somebody else was faster. Asking for the same change
        again is no conflict.
        """
        with unit_of_work("change order", order_id=str(order_id)):
            try:
                return await self._database.write(
                    lambda session: _change_status(session, order_id, status, version)
                )
            except StaleDataError as error:
                raise ConflictError("somebody else changed the order: read it again") from error


def _with_everything(query: Select[tuple[Order]]) -> Select[tuple[Order]]:
    joined = query.join(Order.account).options(contains_eager(Order.account))
    return joined.options(selectinload(Order.lines))


async def _place(session: AsyncSession, order_id: UUID, account_id: UUID, lines: list[NewLine]) -> None:
    if await session.get(Order, order_id) is not None:
        return  # the last attempt was committed, only its answer was lost
    if await session.get(Account, account_id) is None:
        raise NotFoundError("no account has this id")
    total = sum(line.quantity * line.price_cents for line in lines)
    session.add(
        Order(
            id=order_id,
            account_id=account_id,
            status=OrderStatus.PLACED,
            total_cents=total,
            lines=[OrderLine(**vars(line)) for line in lines],
        )
    )
    add_message(session, "orders.placed", order_id, {"total_cents": total})


async def _change_status(session: AsyncSession, order_id: UUID, status: OrderStatus, version: int) -> int:
    order = await session.get(Order, order_id)
    if order is None:
        raise NotFoundError("no order has this id")
    if (order.version, order.status) == (version + 1, status):
        return order.version
    if order.version != version:
        raise ConflictError(f"the order is at version {order.version}: read it again")
    order.status = status
    await session.flush()
    add_message(session, "orders.changed", order_id, {"status": status.value})
    return order.version
