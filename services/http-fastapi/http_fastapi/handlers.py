"""The routes. Handlers say what happened in logs; spans and metrics come from around them."""

import logging
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from http_fastapi.problems import problem
from http_fastapi.store import Order, OrderStore

router = APIRouter()
_log = logging.getLogger(__name__)


class NewOrder(BaseModel):
    """What a customer sends."""

    item: Annotated[str, Field(min_length=1, max_length=100)]
    quantity: Annotated[int, Field(ge=1, le=1000)] = 1


def store_of(request: Request) -> OrderStore:
    """The store that create_app() was given."""
    store: OrderStore = request.app.state.store
    return store


Store = Annotated[OrderStore, Depends(store_of)]


@router.post("/orders", status_code=HTTPStatus.CREATED)
async def create_order(new: NewOrder, store: Store, response: Response) -> Order:
    """Accept an order."""
    order = store.add(new.item, new.quantity)
    _log.info("order accepted", extra={"shop.order.id": order.id})
    response.headers["Location"] = f"/orders/{order.id}"
    return order


@router.get("/orders/{order_id}", response_model=None)
async def read_order(order_id: str, store: Store) -> Order | JSONResponse:
    """Show one order."""
    return store.get(order_id) or problem(HTTPStatus.NOT_FOUND, "no order has this id")


@router.get("/healthz")
async def report_health() -> dict[str, str]:
    """Answer as long as the process serves requests; probes leave no spans."""
    return {"status": "ok"}
