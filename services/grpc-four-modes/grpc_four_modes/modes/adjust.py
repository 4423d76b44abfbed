"""Client-streaming: adjust many items in one call.

A wrong adjustment is counted and named in the answer and stops no other: after thousands of messages a status
of INVALID_ARGUMENT would say nothing of which were done. One span for the stream; its messages are counted.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable

from grpc_four_modes.client import Client
from grpc_four_modes.generated.stock_pb2 import Adjustment, BulkResult
from grpc_four_modes.shop import Shop, adjust


async def handle(shop: Shop[Client], adjustments: AsyncIterable[Adjustment]) -> BulkResult:
    """Take in a stream; at the drain it may go on until the grace is over."""
    result = BulkResult()
    async for adjustment in adjustments:
        adjust(shop.store, adjustment, result)
    return result


async def call(
    client: Client, adjustments: AsyncIterable[Adjustment], sent: Callable[[], object] = lambda: None
) -> BulkResult:
    """Send a stream, `sent` after each message. Raises grpc.aio.AioRpcError."""

    async def send() -> AsyncIterator[Adjustment]:
        async for adjustment in adjustments:
            yield adjustment
            sent()

    return await client.stock.BulkAdjust(send(), timeout=client.stream_seconds, metadata=client.metadata)
