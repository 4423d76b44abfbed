"""The routes: they turn requests into calls of the store, and its objects into answers."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from sql_sqlalchemy.shapes import (
    NewAccount,
    NewOrder,
    OrderQuery,
    OrderView,
    PageView,
    StatusChange,
    TransferRequest,
)
from sql_sqlalchemy.store.orders import NewLine, OrderRepository
from sql_sqlalchemy.store.pages import Cursor
from sql_sqlalchemy.store.transfers import Ledger, NewTransfer

router = APIRouter()


@dataclass(frozen=True)
class Stores:
    """What the routes work with."""

    ledger: Ledger
    orders: OrderRepository


def stores_of(request: Request) -> Stores:
    """The stores that create_app() was given."""
    stores: Stores = request.app.state.stores
    return stores


Wired = Annotated[Stores, Depends(stores_of)]


@router.post("/accounts", status_code=HTTPStatus.CREATED)
async def open_account(new: NewAccount, stores: Wired, response: Response) -> dict[str, UUID]:
    """Open an account."""
    account = await stores.ledger.open_account(new.owner, new.balance_cents)
    response.headers["Location"] = f"/accounts/{account.id}"
    return {"id": account.id}


@router.get("/accounts/{account_id}")
async def read_account(account_id: UUID, stores: Wired) -> dict[str, str | int]:
    """Show one account."""
    account = await stores.ledger.account(account_id)
    return {"id": str(account.id), "owner": account.owner, "balance_cents": account.balance_cents}


@router.post("/transfers", status_code=HTTPStatus.CREATED)
async def make_transfer(wanted: TransferRequest, stores: Wired) -> dict[str, UUID]:
    """Move money between two accounts, once for each id."""
    transfer = await stores.ledger.transfer(NewTransfer(**wanted.model_dump()))
    return {"id": transfer.id}


@router.post("/orders", status_code=HTTPStatus.CREATED)
async def place_order(new: NewOrder, stores: Wired, response: Response) -> dict[str, UUID]:
    """Place an order."""
    lines = [NewLine(**line.model_dump()) for line in new.lines]
    order_id = await stores.orders.place(new.account_id, lines)
    response.headers["Location"] = f"/orders/{order_id}"
    return {"id": order_id}


@router.get("/orders")
async def find_orders(wanted: Annotated[OrderQuery, Query()], stores: Wired) -> PageView:
    """Find orders, newest first, a page at a time."""
    after = Cursor.parse(wanted.after) if wanted.after else None
    page = await stores.orders.find(wanted, wanted.limit, after)
    views = [OrderView.of(order) for order in page.orders]
    return PageView(orders=views, next=str(page.next) if page.next else None)


@router.get("/orders/{order_id}")
async def read_order(order_id: UUID, stores: Wired) -> OrderView:
    """Show one order."""
    return OrderView.of(await stores.orders.get(order_id))


@router.patch("/orders/{order_id}")
async def change_order(order_id: UUID, change: StatusChange, stores: Wired) -> dict[str, int]:
    """Change an order that nobody else has changed meanwhile."""
    return {"version": await stores.orders.change_status(order_id, change.status, change.version)}


@router.get("/healthz")
async def report_health() -> dict[str, str]:
    """Answer as long as the process serves requests; probes leave no spans."""
    return {"status": "ok"}
