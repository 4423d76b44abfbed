"""Changes of orders as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).

The one OpenTelemetry decision: no child span. The server span lasts as long as the connection and ends when
the client leaves, the limit is reached or the longest time is over; it says how many events were sent. A
stream has a longest time so that its span arrives at a backend, too; EventSource reconnects by itself.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from starlette.types import Send

from http_fastapi.handlers.event_format import DROPPED, EVENTS, KEEP_ALIVE, RESET, RETRY, frame_of
from http_fastapi.handlers.state import TheSettings, TheShop
from http_fastapi.handlers.streams import ClosingStream
from http_fastapi.protections import require_scope
from http_fastapi.settings import Settings
from http_fastapi.subscription import Subscription

router = APIRouter(tags=["orders"])
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
        finally:  # until the subscription ends, too, orders are placed, and a timeout that is over raises
            self._subscription.when_dropped = lambda: None


@router.get(
    "/orders/events",
    status_code=HTTPStatus.OK,
    response_class=OrderEvents,
    response_description="An event for each change; the stream ends after `limit` events or in the end.",
    openapi_extra={"responses": {"200": {"content": {OrderEvents.media_type: EVENTS}}}},
    operation_id="followOrders",
    dependencies=[require_scope("orders:read")],
)
async def follow_orders(
    subscription: Annotated[Subscription, Depends(subscribe)], settings: TheSettings, limit: Limit = None
) -> OrderEvents:
    """Follow changes of orders as server-sent events.

    `Last-Event-ID` continues after an id. When the history does not go back so far, a `reset` event comes
    first: list the orders anew. A listener that does not keep up gets a `dropped` event at most.
    """
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
                yield frame_of(change)
            elif not subscription.ended:
                yield KEEP_ALIVE
        if subscription.dropped:
            yield DROPPED
    finally:
        subscription.span.set_attribute("shop.events.count", sent)
