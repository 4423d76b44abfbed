"""All orders as NDJSON, one line each, in bounded memory: one page at a time is held.

The one OpenTelemetry decision: `stream orders` is a child of the server span, which ends after the last byte.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from opentelemetry import trace
from pydantic import TypeAdapter

from http_fastapi.handlers.state import TheStore
from http_fastapi.handlers.streams import ClosingStream, StreamSpan
from http_fastapi.protections import require_scope
from http_fastapi.store import Order, OrderStatus, OrderStore

router = APIRouter(tags=["orders"])
PAGE_SIZE = 100
MOST_ORDERS = 10_000
_json = TypeAdapter(Order).dump_json

_EXAMPLE = '{"id":"6f1e","item":"tea","quantity":2,"status":"accepted","payment_id":null}\n'

Status = Annotated[OrderStatus | None, Query(description="Only orders that are in this state.")]
Item = Annotated[str | None, Query(min_length=1, max_length=100, description="Only orders of this article.")]
Limit = Annotated[int, Query(ge=1, le=MOST_ORDERS, description="At most so many orders, the oldest first.")]


class OrderLines(ClosingStream):
    """One JSON object a line."""

    media_type = "application/x-ndjson"


@router.get(
    "/orders",
    status_code=HTTPStatus.OK,
    response_class=OrderLines,
    response_description="One order a line; an answer that is cut off does not end its last chunk.",
    responses={200: {"content": {OrderLines.media_type: {"example": _EXAMPLE}}}},
    operation_id="listOrders",
    dependencies=[require_scope("orders:read")],
)
async def list_orders(
    store: TheStore, status: Status = None, item: Item = None, limit: Limit = 100
) -> OrderLines:
    """List orders, the oldest first, one JSON object a line."""

    def wanted(order: Order) -> bool:
        return status in (None, order.status) and item in (None, order.item)

    return OrderLines(lines(store, wanted, limit))


async def lines(
    store: OrderStore, wanted: Callable[[Order], bool], limit: int
) -> AsyncGenerator[bytes, None]:
    with StreamSpan(trace.get_tracer(__name__), "stream orders", "shop.orders.count") as stream:
        start = 0
        while stream.items < limit and (page := store.page(start, PAGE_SIZE)):
            start += len(page)
            found = [order for order in page if wanted(order)][: limit - stream.items]
            stream.items += len(found)
            if found:
                yield b"".join(_json(order) + b"\n" for order in found)
            await asyncio.sleep(0)  # a long list takes turns with other requests
