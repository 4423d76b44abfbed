"""One order: accept it, show it."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse

from http_fastapi.handlers.state import TheShop, TheStore
from http_fastapi.models import NewOrder
from http_fastapi.problems import ProblemType, problem
from http_fastapi.protections import require_scope
from http_fastapi.store import Order

router = APIRouter(tags=["orders"])

_LOCATION = {"description": "Where the order is.", "schema": {"type": "string"}}
_READ = {"operationId": "readOrder", "parameters": {"order_id": "$response.body#/id"}}

OrderId = Annotated[str, Path(max_length=64, description="The id that POST /orders gave.")]


@router.post(
    "/orders",
    status_code=HTTPStatus.CREATED,
    operation_id="createOrder",
    response_description="The order was accepted and is going to be confirmed.",
    responses={201: {"headers": {"Location": _LOCATION}, "links": {"read": _READ}}},
    dependencies=[require_scope("orders:write")],
)
async def create_order(new: NewOrder, shop: TheShop, response: Response) -> Order:
    """Accept an order; it is confirmed in the background, after the answer."""
    order = shop.place(new.item, new.quantity)
    response.headers["Location"] = f"/orders/{order.id}"
    return order


@router.get(
    "/orders/{order_id}",
    response_model=Order,
    operation_id="readOrder",
    response_description="The order as it is now.",
    dependencies=[require_scope("orders:read")],
)
async def read_order(order_id: OrderId, store: TheStore) -> Any:
    """Show one order."""
    return store.get(order_id) or not_found()


def not_found() -> JSONResponse:
    """The problem of an id that no order has."""
    return problem(HTTPStatus.NOT_FOUND, "No order has this id.", type_=ProblemType.ORDER_NOT_FOUND)
