"""Client-streaming: adjust many items in one call. See modes/adjust.py."""

from collections.abc import Callable, Iterable, Iterator

from grpc_four_modes.generated.stock_pb2 import Adjustment, BulkResult
from grpc_four_modes.shop import Shop, adjust
from grpc_four_modes.sync_client import SyncClient


def handle(shop: Shop[SyncClient], adjustments: Iterable[Adjustment]) -> BulkResult:
    """Take in a stream; at the drain it may go on until the grace is over."""
    result = BulkResult()
    for adjustment in adjustments:
        adjust(shop.store, adjustment, result)
    return result


def call(
    client: SyncClient, adjustments: Iterable[Adjustment], sent: Callable[[], object] = lambda: None
) -> BulkResult:
    """Send a stream, `sent` after each message. Raises grpc.RpcError."""

    def send() -> Iterator[Adjustment]:
        for adjustment in adjustments:
            yield adjustment
            sent()

    return client.stock.BulkAdjust(send(), timeout=client.stream_seconds, metadata=client.metadata)
