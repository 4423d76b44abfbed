"""Server-streaming: the level of an item now, and each change of it.

One span from the first level to the last, its messages counted and not made events. A stream without end
would be a span that never arrives, so it ends after `watch_seconds` with OK, and the client watches again.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from grpc_four_modes.client import Client
from grpc_four_modes.generated.stock_pb2 import StockLevel, WatchStockRequest
from grpc_four_modes.refusals import Draining
from grpc_four_modes.requests import check_item
from grpc_four_modes.shop import Shop


async def handle(shop: Shop[Client], request: WatchStockRequest) -> AsyncGenerator[StockLevel, None]:
    """Give levels. Raises Refusal."""
    check_item(request.item)
    sent = 0
    with suppress(TimeoutError):
        async with aclosing(_levels(shop, request.item)) as levels:
            async for quantity in levels:
                yield StockLevel(item=request.item, quantity=quantity)
                sent += 1
                if sent == request.most:
                    return


async def _levels(shop: Shop[Client], item: str) -> AsyncGenerator[int, None]:
    """Each level once, the latest when several came; TimeoutError when the stream is old enough."""
    loop = asyncio.get_running_loop()
    end = loop.time() + shop.watch_seconds
    changed = asyncio.Event()
    last: int | None = None
    with shop.store.watching(item, lambda: loop.call_soon_threadsafe(changed.set)):
        while True:
            changed.clear()
            if shop.store.closing:
                raise Draining("the server is about to end: watch again")
            level = shop.store.level(item)
            if level != last:
                last = level
                yield level
            async with asyncio.timeout_at(end):
                await changed.wait()


async def call(client: Client, item: str, most: int = 0) -> AsyncGenerator[StockLevel, None]:
    """Watch; leave the loop when you have seen enough. Raises grpc.aio.AioRpcError."""
    request = WatchStockRequest(item=item, most=most)
    call = client.stock.WatchStock(request, timeout=client.stream_seconds, metadata=client.metadata)
    try:
        async for level in call:
            yield level
    finally:
        call.cancel()  # nothing when it is over; else the server stops at once
