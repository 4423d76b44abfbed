"""The routes: orders in, and what there is to see of them."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from nats_jetstream.errors import NotFoundError
from nats_jetstream.lag import Lag
from nats_jetstream.micro_service import NAME, describe
from nats_jetstream.problems import problem
from nats_jetstream.responder import ask_quote
from nats_jetstream.shapes import DeadLetter, Item, Order, Quantity, Quote, QuoteRequest
from nats_jetstream.shop import Shop

router = APIRouter()
Sequence = Annotated[int, Path(ge=1, lt=2**63)]


def shop_of(request: Request) -> Shop:
    """The shop that the lifespan has opened."""
    shop: Shop = request.app.state.shop
    return shop


Wired = Annotated[Shop, Depends(shop_of)]


@router.post("/orders", status_code=HTTPStatus.ACCEPTED)
async def place_order(order: Order, shop: Wired, response: Response) -> dict[str, str]:
    """Take an order; it is safe in the stream when this answers. Repeated under its id it is taken once."""
    known = await shop.publisher.place(order)
    response.headers["Location"] = f"/orders/{order.id}"
    return {"id": str(order.id), "status": "known" if known else "accepted"}


@router.get("/orders/{order_id}")
async def read_order(order_id: UUID, shop: Wired) -> dict[str, str]:
    """Say where an order stands; one that no worker has begun is not known here."""
    return {"id": str(order_id), "status": (await shop.record.read(str(order_id))).state}


@router.get("/orders/{order_id}/invoice", response_class=PlainTextResponse)
async def read_invoice(order_id: UUID, shop: Wired) -> bytes:
    """Give the invoice of an order that was fulfilled."""
    return await shop.invoices.read(str(order_id))


@router.get("/quotes/{item}")
async def quote(item: Item, shop: Wired, quantity: Annotated[Quantity, Query()] = 1) -> Quote:
    """Ask whoever knows prices."""
    request = QuoteRequest(item=item, quantity=quantity)
    return await ask_quote(shop.connection.client, request, shop.settings.request_seconds)


@router.get("/stock/{item}")
async def read_stock(item: Item, shop: Wired) -> dict[str, int]:
    """Say what is on the shelf, as the watch has it: no request to the broker."""
    shelf = shop.watch.shelves.get(item)
    if shelf is None:
        raise NotFoundError(f"the shop has no {item}")
    return {"level": shelf.level, "free": shelf.free}


@router.get("/services/stock")
async def describe_stock_service(shop: Wired) -> dict[str, Any]:
    """Show schemas and statistics of the micro service."""
    return await describe(shop.connection.client, NAME, shop.settings.request_seconds)


@router.get("/lag")
async def read_lag(shop: Wired) -> Lag:
    """Show how far behind the consumers are, now."""
    return await shop.lag.ask()


@router.get("/dead-letters")
async def list_dead_letters(
    shop: Wired, after: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> list[DeadLetter]:
    """List messages that were given up, oldest first."""
    return await shop.letters.list(limit, after)


@router.post("/dead-letters/{sequence}/replay", status_code=HTTPStatus.ACCEPTED)
async def replay_dead_letter(sequence: Sequence, shop: Wired) -> dict[str, str]:
    """Send a message again that was given up, in the trace that it had."""
    return {"trace_id": await shop.letters.replay(sequence)}


@router.get("/healthz")
async def report_health(shop: Wired) -> JSONResponse:
    """Say whether orders can be taken: there is a connection to the broker. Probes leave no spans."""
    if shop.connection.client.is_connected:
        return JSONResponse({"status": "ok"})
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "no connection to NATS")


@router.get("/livez")
async def report_life(shop: Wired) -> JSONResponse:
    """Say whether this process can go on: an outage ends by itself, a closed client's does not."""
    if not shop.connection.client.is_closed:
        return JSONResponse({"status": "ok"})
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "NATS closed the connection for good")
