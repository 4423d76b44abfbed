"""The sync client: the same channel and calls as client.py, for programs of threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import grpc

from grpc_four_modes.client import Metadata, bearer_metadata
from grpc_four_modes.generated.stock_pb2_grpc import StockStub, WarehouseStub
from grpc_four_modes.service_config import STOCK
from grpc_four_modes.settings import ClientSettings
from grpc_four_modes.tls import channel_credentials
from grpc_four_modes.wire import channel_options


@dataclass(frozen=True)
class SyncClient:
    """Stubs of one channel, with the metadata and deadlines of their calls; any thread may use it."""

    channel: grpc.Channel
    stock: StockStub
    warehouse: WarehouseStub
    target: str
    metadata: Metadata
    unary_seconds: float
    stream_seconds: float


@contextmanager
def open_sync_client(settings: ClientSettings, service: str = STOCK) -> Iterator[SyncClient]:
    """Open a channel; it closes with the block, and what is still under way is cancelled."""
    options = channel_options(settings, service)
    credentials = channel_credentials(settings)
    if credentials is None:
        channel = grpc.insecure_channel(settings.target, options)
    else:
        channel = grpc.secure_channel(settings.target, credentials, options)
    with channel:
        yield SyncClient(
            channel,
            StockStub(channel),
            WarehouseStub(channel),
            settings.target,
            bearer_metadata(settings),
            settings.unary_seconds,
            settings.stream_seconds,
        )
