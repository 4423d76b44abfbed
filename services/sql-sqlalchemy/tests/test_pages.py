"""Pages by key: every order once, whatever is placed meanwhile, and no cursor but ours."""

import pytest

from sql_sqlalchemy.store.bulk import import_orders
from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.filters import OrderFilter
from sql_sqlalchemy.store.orders import NewLine, OrderRepository
from sql_sqlalchemy.store.pages import Cursor, CursorError
from sql_sqlalchemy.store.transfers import Ledger

TEA = NewLine("tea", 2, 300)


async def test_pages_show_every_order_once_while_others_are_placed(
    ledger: Ledger, orders: OrderRepository
) -> None:
    account = await ledger.open_account("Ann", 0)
    placed = [await orders.place(account.id, [TEA]) for _ in range(7)]

    seen, after = [], None
    while True:
        page = await orders.find(OrderFilter(), limit=3, after=after)
        seen += [order.id for order in page.orders]
        if page.next is None:
            break
        after = Cursor.parse(str(page.next))
        await orders.place(account.id, [TEA])

    assert seen == placed[::-1]


async def test_orders_of_one_moment_are_all_shown(database: Database, ledger: Ledger) -> None:
    account = await ledger.open_account("Ann", 0)
    await import_orders(database, account.id, [TEA] * 5)
    orders = OrderRepository(database)

    first = await orders.find(OrderFilter(), limit=2)
    second = await orders.find(OrderFilter(), limit=3, after=first.next)

    assert second.next is None
    assert len({order.id for order in (*first.orders, *second.orders)}) == 5


@pytest.mark.parametrize("text", ["", "x", "!!!", "MjAyNg", "a" * 200, "MjAyNi0xMS0yMSBub3RhbnV1aWQ"])
def test_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(CursorError):
        Cursor.parse(text)
