"""Server-streaming: the level of an item now, and each change of it. See modes/watch.py.

A stream holds a thread of the server until its client leaves, which the handler is told of by a callback: a
thread that waits for the next change alone would be held for ever.
"""

import time
from collections.abc import Generator, Iterator
from threading import Event

from grpc_four_modes.contexts import SyncContext
from grpc_four_modes.generated.stock_pb2 import StockLevel, WatchStockRequest
from grpc_four_modes.refusals import Draining
from grpc_four_modes.requests import check_item
from grpc_four_modes.shop import Shop
from grpc_four_modes.sync_client import SyncClient


def handle(
    shop: Shop[SyncClient], request: WatchStockRequest, context: SyncContext
) -> Generator[StockLevel, None, None]:
    """Give levels. Raises Refusal."""
    check_item(request.item)
    for sent, quantity in enumerate(_levels(shop, request.item, context), start=1):
        yield StockLevel(item=request.item, quantity=quantity)
        if sent == request.most:
            return


def _levels(shop: Shop[SyncClient], item: str, context: SyncContext) -> Iterator[int]:
    """Each level once, the latest when several came, until the stream is old enough or its client left."""
    end = time.monotonic() + shop.watch_seconds
    changed = Event()
    last: int | None = None
    context.add_callback(changed.set)
    with shop.store.watching(item, changed.set):
        while context.is_active() and time.monotonic() < end:
            changed.clear()
            if shop.store.closing:
                raise Draining("the server is about to end: watch again")
            level = shop.store.level(item)
            if level != last:
                last = level
                yield level
            changed.wait(end - time.monotonic())


def call(client: SyncClient, item: str, most: int = 0) -> Generator[StockLevel, None, None]:
    """Watch; leave the loop when you have seen enough. Raises grpc.RpcError."""
    request = WatchStockRequest(item=item, most=most)
    call = client.stock.WatchStock(request, timeout=client.stream_seconds, metadata=client.metadata)
    try:
        yield from call
    finally:
        call.cancel()  # type: ignore[no-untyped-call]  # in its stubs
