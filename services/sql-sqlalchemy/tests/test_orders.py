"""Orders: found by any filter, a page at a time, in few statements; changed by whoever was first."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select

from sql_sqlalchemy.store.bulk import import_orders
from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.errors import ConflictError, NotFoundError
from sql_sqlalchemy.store.filters import OrderFilter
from sql_sqlalchemy.store.models import Order, OrderStatus
from sql_sqlalchemy.store.orders import NewLine, OrderRepository
from sql_sqlalchemy.store.transfers import Ledger

TEA, POT = NewLine("tea", 2, 300), NewLine("pot", 1, 2500)


@contextmanager
def statements_of(database: Database) -> Iterator[list[tuple[str, bool]]]:
    """Collect what is executed: the statement, and whether it had many sets of parameters."""
    seen: list[tuple[str, bool]] = []

    def note(_: Any, __: Any, statement: str, ___: Any, ____: Any, executemany: bool) -> None:
        seen.append((statement, executemany))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def place(ledger: Ledger, orders: OrderRepository, owner: str, *lines: NewLine) -> UUID:
    account = await ledger.open_account(owner, 0)
    return await orders.place(account.id, list(lines))


async def found(orders: OrderRepository, **wanted: object) -> list[UUID]:
    page = await orders.find(OrderFilter.model_validate(wanted), limit=100)
    return [order.id for order in page.orders]


async def test_each_filter_leaves_what_it_says(ledger: Ledger, orders: OrderRepository) -> None:
    begun = datetime.now(UTC)
    ann = await place(ledger, orders, "Ann 100%", TEA)
    bob = await place(ledger, orders, "Bob_b", TEA, POT)
    await orders.change_status(bob, OrderStatus.PAID, 1)
    late = datetime.now(UTC) + timedelta(seconds=1)

    assert await found(orders) == [bob, ann]
    assert await found(orders, status="paid") == [bob]
    assert await found(orders, account_id=(await orders.get(ann)).account_id) == [ann]
    assert await found(orders, owner_contains="N 100%") == [ann]
    assert await found(orders, owner_contains="_") == [bob]
    assert await found(orders, item="tea") == [bob, ann]
    assert await found(orders, item="te") == []
    assert await found(orders, item_contains="O") == [bob]
    assert await found(orders, placed_from=begun, placed_before=late) == [bob, ann]
    assert await found(orders, placed_from=late) == []
    assert await found(orders, total_from_cents=3100) == [bob]
    assert await found(orders, status="placed", item="pot") == []


async def test_page_takes_two_statements_however_many_orders(
    database: Database, ledger: Ledger, orders: OrderRepository
) -> None:
    account = await ledger.open_account("Ann", 0)
    await import_orders(database, account.id, [TEA] * 50)

    with statements_of(database) as statements:
        page = await orders.find(OrderFilter(), limit=50)

    assert {order.account.owner for order in page.orders} == {"Ann"}
    assert {order.lines[0].item for order in page.orders} == {"tea"}
    assert sum(statement.startswith("SELECT") for statement, _ in statements) == 2


async def test_hundred_thousand_rows_are_one_statement_a_table(database: Database, ledger: Ledger) -> None:
    account = await ledger.open_account("Ann", 0)

    with statements_of(database) as statements:
        await import_orders(database, account.id, [TEA] * 100_000)

    inserts = [many for statement, many in statements if statement.startswith("INSERT")]
    assert inserts == [True, True]
    assert await database.read(lambda session: session.scalar(select(func.count(Order.id)))) == 100_000


async def test_second_change_of_one_version_is_a_conflict(ledger: Ledger, orders: OrderRepository) -> None:
    order = await place(ledger, orders, "Ann", TEA)

    changes = [orders.change_status(order, status, 1) for status in (OrderStatus.PAID, OrderStatus.CANCELLED)]
    outcomes = await asyncio.gather(*changes, return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ConflictError", "int"]
    assert (await orders.get(order)).version == 2


async def test_same_change_again_is_no_conflict(ledger: Ledger, orders: OrderRepository) -> None:
    order = await place(ledger, orders, "Ann", TEA)

    versions = [await orders.change_status(order, OrderStatus.PAID, 1) for _ in range(2)]

    assert versions == [2, 2]
    with pytest.raises(ConflictError, match="at version 2"):
        await orders.change_status(order, OrderStatus.SHIPPED, 1)


async def test_what_is_not_there_is_named(orders: OrderRepository) -> None:
    with pytest.raises(NotFoundError, match="order"):
        await orders.get(uuid4())
    with pytest.raises(NotFoundError, match="account"):
        await orders.place(uuid4(), [TEA])
    with pytest.raises(NotFoundError, match="order"):
        await orders.change_status(uuid4(), OrderStatus.PAID, 1)


async def test_times_come_back_as_they_were(database: Database, ledger: Ledger) -> None:
    begun = datetime.now(UTC)
    orders = OrderRepository(database)

    placed_at = (await orders.get(await place(ledger, orders, "Ann", TEA))).placed_at

    assert begun <= placed_at <= datetime.now(UTC)
    assert placed_at.tzinfo is not None
