"""Many rows at once: one INSERT with a list of parameters, one transaction, one span for each table.

The mapper is passed by: it would build an object for each row, and nothing here needs one.
"""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import exists, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.models import Order, OrderLine, OrderStatus, now
from sql_sqlalchemy.store.orders import NewLine
from sql_sqlalchemy.store.work import unit_of_work


async def import_orders(database: Database, account_id: UUID, lines: Sequence[NewLine]) -> int:
    """Insert one order for each line, all of them or none; their number. Raises StoreError."""
    ids = [uuid4() for _ in lines]
    begun = now()
    orders = [
        {
            "id": order_id,
            "account_id": account_id,
            "status": OrderStatus.PLACED,
            "total_cents": line.quantity * line.price_cents,
            "placed_at": begun,
            "version": 1,
        }
        for order_id, line in zip(ids, lines, strict=True)
    ]
    items = [{"order_id": order_id, **vars(line)} for order_id, line in zip(ids, lines, strict=True)]

    async def work(session: AsyncSession) -> None:
        if await session.scalar(select(exists().where(Order.id == ids[0]))):
            return  # the last attempt was committed, only its answer was lost
        await session.execute(insert(Order.__table__), orders)  # type: ignore[arg-type]  # a Table, typed FromClause
        await session.execute(insert(OrderLine.__table__), items)  # type: ignore[arg-type]  # likewise

    if ids:
        with unit_of_work("import orders", orders_count=len(ids)):
            await database.write(work)
    return len(ids)
