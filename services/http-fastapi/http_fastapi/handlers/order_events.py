"""Changes of orders as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).

The one OpenTelemetry decision: no child span. The server span lasts as long as the connection and ends when
the client leaves, the limit is reached or the longest time is over; it says how many events were sent. A
stream has a longest time so that its span arrives at a backend, too; EventSource reconnects by itself.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from starlette.types import Send

from http_fastapi.handlers.state import TheSettings, TheShop
from http_fastapi.handlers.streams import ClosingStream
from http_fastapi.settings import Settings
from http_fastapi.subscription import Change, Subscription

router = APIRouter(tags=["orders"])
RETRY = b"retry: 3000\n\n"  # milliseconds until a client that lost its connection comes again
KEEP_ALIVE = b": keep-alive\n\n"
RESET = b'event: reset\ndata: {"detail": "Changes were missed. List the orders anew."}\n\n'
DROPPED = b'event: dropped\ndata: {"detail": "You did not keep up. Connect anew and list the orders."}\n\n'
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the latter stops buffering by nginx

LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", description="The last id that was seen.")]
Limit = Annotated[int | None, Query(ge=1, le=1_000_000, description="End after so many changes.")]


async def subscribe(shop: TheShop, last_event_id: LastEventId = None) -> AsyncIterator[Subscription]:
    """Listen from before the response begins until after it ended, and refuse while that can be said."""
    with shop.changes.subscribe(last_event_id) as subscription:
        yield subscription


class OrderEvents(ClosingStream):
    """An event stream whose listener is cut off when it was dropped and does not even read that."""

    media_type = "text/event-stream"

    def __init__(self, subscription: Subscription, settings: Settings, limit: int | None) -> None:
        super().__init__(_frames(subscription, settings, limit), _HEADERS)
        self._subscription = subscription
        self._grace_seconds = settings.event_drop_grace_seconds

    async def stream_response(self, send: Send) -> None:
        """Send until the stream ends; a send that waits for a stuck client is given up."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(None) as patience:
                self._subscription.when_dropped = lambda: patience.reschedule(
                    loop.time() + self._grace_seconds
                )
                await super().stream_response(send)
        except TimeoutError:
            if not patience.expired():
                raise


@router.get("/orders/events", response_class=OrderEvents, operation_id="followOrders")
async def follow_orders(
    subscription: Annotated[Subscription, Depends(subscribe)], settings: TheSettings, limit: Limit = None
) -> OrderEvents:
    """Follow changes of orders; `Last-Event-ID` continues after an id, as far back as the history goes."""
    return OrderEvents(subscription, settings, limit)


async def _frames(
    subscription: Subscription, settings: Settings, limit: int | None
) -> AsyncGenerator[bytes, None]:
    clock = asyncio.get_running_loop().time
    end = clock() + settings.event_stream_seconds
    sent = 0
    try:
        yield RETRY + (RESET if subscription.lost_history else b"")
        while (left := end - clock()) > 0 and not subscription.ended and sent != limit:
            change = await subscription.take(min(left, settings.event_keep_alive_seconds))
            if change is not None:
                sent += 1
                yield _frame(change)
            elif not subscription.ended:
                yield KEEP_ALIVE
        if subscription.dropped:
            yield DROPPED
    finally:
        subscription.span.set_attribute("shop.events.count", sent)


def _frame(change: Change) -> bytes:
    return f"id: {change.id}\nevent: {change.name}\ndata: {change.json}\n\n".encode()
