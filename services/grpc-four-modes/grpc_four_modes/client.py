"""The asyncio client: a channel that balances, retries and waits, and what every call of it needs.

One span for each call, by the instrumentation; the token goes as metadata, which no span shows.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc

from grpc_four_modes.generated.stock_pb2_grpc import StockStub, WarehouseStub
from grpc_four_modes.service_config import STOCK
from grpc_four_modes.settings import ClientSettings
from grpc_four_modes.tls import channel_credentials
from grpc_four_modes.wire import channel_options

if TYPE_CHECKING:  # the asyncio stubs are types alone
    from grpc_four_modes.generated.stock_pb2_grpc import StockAsyncStub, WarehouseAsyncStub

Metadata = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Client:
    """Stubs of one channel, with the metadata and deadlines of their calls."""

    channel: grpc.aio.Channel
    stock: "StockAsyncStub"
    warehouse: "WarehouseAsyncStub"
    target: str
    metadata: Metadata
    unary_seconds: float
    stream_seconds: float


@asynccontextmanager
async def open_client(settings: ClientSettings, service: str = STOCK) -> AsyncIterator[Client]:
    """Open a channel; it closes with the block, and what is still under way is cancelled."""
    options = channel_options(settings, service)
    credentials = channel_credentials(settings)
    if credentials is None:
        channel = grpc.aio.insecure_channel(settings.target, options)
    else:
        channel = grpc.aio.secure_channel(settings.target, credentials, options)
    async with channel:
        yield Client(
            channel,
            StockStub(channel),
            WarehouseStub(channel),
            settings.target,
            bearer_metadata(settings),
            settings.unary_seconds,
            settings.stream_seconds,
        )


def bearer_metadata(settings: ClientSettings) -> Metadata:
    """Give the token as metadata."""
    if settings.token is None:
        return ()
    return (("authorization", f"Bearer {settings.token.get_secret_value()}"),)
