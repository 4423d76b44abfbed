"""The routes: a small face over HTTP, for people and probes; the work is done by who consumes."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from rabbitmq_aio_pika.shapes import (
    CarrierState,
    DeadLettersView,
    OutboxView,
    Quote,
    QuoteRequest,
    ReplayRequest,
    ReplayView,
    ShipmentRequest,
    ShipmentView,
    WaitingMessage,
)
from rabbitmq_aio_pika.shop import Shop

router = APIRouter()


def shop_of(request: Request) -> Shop:
    """The shop that the lifespan has opened."""
    shop: Shop = request.app.state.shop
    return shop


Wired = Annotated[Shop, Depends(shop_of)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.post("/shipments", status_code=HTTPStatus.ACCEPTED)
async def request_shipment(wanted: ShipmentRequest, shop: Wired, response: Response) -> dict[str, UUID]:
    """Take a request for a shipment; it is kept from here on, whatever the broker does."""
    await shop.desk.request(wanted)
    response.headers["Location"] = f"/shipments/{wanted.id}"
    return {"id": wanted.id}


@router.get("/shipments/{shipment_id}")
async def read_shipment(shipment_id: UUID, shop: Wired) -> ShipmentView:
    """Show how far a shipment is."""
    shipment = await shop.desk.shipments.get(str(shipment_id))
    request = ShipmentRequest.model_validate_json(shipment.request)
    return ShipmentView(id=shipment.id, state=shipment.state, request=request)


@router.post("/quotes")
async def ask_for_quote(question: QuoteRequest, shop: Wired) -> Quote:
    """Ask over the broker what a parcel would cost."""
    return await shop.quotes.ask(question)


@router.get("/outbox")
async def show_outbox(shop: Wired, limit: Limit = 20) -> OutboxView:
    """Show what waits for the broker, and why."""
    await shop.outbox.count()
    messages = [
        WaitingMessage(
            message_id=message.message_id,
            exchange=message.exchange,
            routing_key=message.routing_key,
            attempts=message.attempts,
            reason=message.reason,
        )
        for message in await shop.outbox.show(limit)
    ]
    return OutboxView(waiting=shop.outbox.waiting, refused=shop.outbox.refused, messages=messages)


@router.get("/dead-letters")
async def show_dead_letters(shop: Wired, limit: Limit = 20) -> DeadLettersView:
    """Show some messages that nobody could process, and how many there are."""
    return await shop.dead_letters.show(shop.consuming.connection, limit)


@router.post("/dead-letters/replay")
async def replay_dead_letters(wanted: ReplayRequest, shop: Wired) -> ReplayView:
    """Send dead letters to the queues that they died in."""
    return await shop.dead_letters.replay(shop.consuming.connection, wanted.limit)


@router.put("/carrier")
async def switch_carrier(state: CarrierState, shop: Wired) -> CarrierState:
    """Switch the carrier, which this service plays, off and on: to see what becomes of messages."""
    shop.carrier.available = state.available
    return state


@router.get("/healthz")
async def report_health(shop: Wired) -> dict[str, str]:
    """Answer as long as the process serves requests, which it does without a broker; no spans."""
    return {"status": "ok", "broker": shop.broker_state()}
