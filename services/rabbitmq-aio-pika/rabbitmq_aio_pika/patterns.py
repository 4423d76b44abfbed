"""Each pattern once, as something the shop does; the demo and the tests of the README's traces run them.

A pattern returns when its story is over, which the store, the queue of dead letters or an answer tells.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from rabbitmq_aio_pika.broker.topology import SCANNED, SCANS, SHIPMENTS, STANDARD
from rabbitmq_aio_pika.messages import make_message
from rabbitmq_aio_pika.publisher import Letter
from rabbitmq_aio_pika.rpc_client import RejectedError
from rabbitmq_aio_pika.shapes import QuoteRequest, Scan, ShipmentRequest
from rabbitmq_aio_pika.shop import Shop
from rabbitmq_aio_pika.store.shipments import SHIPPED

Pattern = Callable[[Shop], Awaitable[None]]
SCANS_AT_ONCE, MOST_SHOWN = 3, 100
_PATIENCE_SECONDS, _LOOK_SECONDS = 15.0, 0.02


async def ship(shop: Shop) -> None:
    """A parcel is requested, shipped and announced."""
    await _until_shipped(shop, await _request(shop))


async def ship_abroad(shop: Shop) -> None:
    """The same for a parcel of which, by its headers, the customs hear, too."""
    await _until_shipped(shop, await _request(shop, country="NZ"))


async def tell_one_story(shop: Shop) -> None:
    """The carrier is away: a message fails again and again and dies; later it is replayed, and processed."""
    shop.carrier.available = False
    try:
        shipment_id = await _request(shop)
        await until(lambda: _has_died(shop, shipment_id))
    finally:
        shop.carrier.available = True
    await shop.dead_letters.replay(shop.consuming.connection, MOST_SHOWN)
    await _until_shipped(shop, shipment_id)


async def route_nowhere(shop: Shop) -> None:
    """No queue is bound for a message: it stays in the outbox with the reason, until one is."""
    shipment_id = await _request(shop, service="drone")
    await until(lambda: _is_refused(shop, shipment_id))
    channel = await shop.consuming.connection.channel()
    async with channel:
        queue = await channel.get_queue(STANDARD, ensure=False)
        await queue.bind(SHIPMENTS, "shipment.requested.drone")
        await _until_shipped(shop, shipment_id)
        await queue.unbind(SHIPMENTS, "shipment.requested.drone")


async def record_scans(shop: Shop) -> None:
    """Many publishes with their confirms in flight at once; what arrives is processed in one batch."""
    scans = [Scan(shipment_id="shipment", place=f"gate {gate}") for gate in range(SCANS_AT_ONCE)]
    letters = [
        Letter(SCANS, SCANNED, make_message(str(scan.id), "parcel.scanned", scan.model_dump_json().encode()))
        for scan in scans
    ]
    for error in await shop.publisher.publish_all(letters):
        if error is not None:
            raise error


async def ask_for_quotes(shop: Shop) -> None:
    """A question that is answered, and one that is answered with why it is not."""
    await shop.quotes.ask(QuoteRequest(weight_grams=2000))
    with suppress(RejectedError):
        await shop.quotes.ask(QuoteRequest(country="XX"))


PATTERNS: dict[str, Pattern] = {
    "ship": ship,
    "ship-abroad": ship_abroad,
    "one-story": tell_one_story,
    "unroutable": route_nowhere,
    "batch": record_scans,
    "request-reply": ask_for_quotes,
}


async def _request(shop: Shop, **wanted: str) -> str:
    request = ShipmentRequest.model_validate({"order_id": "order-1", **wanted})
    await shop.desk.request(request)
    return str(request.id)


async def _until_shipped(shop: Shop, shipment_id: str) -> None:
    async def is_shipped() -> bool:
        return (await shop.desk.shipments.get(shipment_id)).state == SHIPPED

    await until(is_shipped)


async def _has_died(shop: Shop, message_id: str) -> bool:
    view = await shop.dead_letters.show(shop.consuming.connection, MOST_SHOWN)
    return any(letter.message_id == message_id for letter in view.letters)


async def _is_refused(shop: Shop, message_id: str) -> bool:
    waiting = await shop.outbox.show(MOST_SHOWN)
    return any(message.message_id == message_id and message.reason for message in waiting)


async def until(holds: Callable[[], Awaitable[object]], seconds: float = _PATIENCE_SECONDS) -> None:
    """Return when it holds; nothing tells when, so it is asked. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not await holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the story is not over after {seconds:g} s")
        await asyncio.sleep(_LOOK_SECONDS)
