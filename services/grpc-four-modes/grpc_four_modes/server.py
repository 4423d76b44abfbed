"""The asyncio server: wired here, so that tests can replace each part; ended here, so that nothing is lost.

The order of the end: say NOT_SERVING, end the streams that would never end, let calls finish, and only then,
outside of the event loop, the telemetry (`__main__`). Each server span has ended before, because its call's
task has.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import grpc

from grpc_four_modes.answering import answering
from grpc_four_modes.bearer import AsyncBearer, BearerTokens
from grpc_four_modes.client import Client, open_client
from grpc_four_modes.generated import stock_pb2_grpc
from grpc_four_modes.health import Health, add_health
from grpc_four_modes.modes import adjust, negotiate, reserve, watch
from grpc_four_modes.ports import listen, warehouse_settings
from grpc_four_modes.service_config import WAREHOUSE
from grpc_four_modes.settings import Settings
from grpc_four_modes.shop import Shop, supply
from grpc_four_modes.store import Store
from grpc_four_modes.wire import server_options


class StockService(stock_pb2_grpc.StockServicer):
    """Four modes, each in a file of its own."""

    def __init__(self, shop: Shop[Client]) -> None:
        self._shop = shop

    async def Reserve(self, request: Any, context: Any) -> Any:
        async with answering(context):
            return await reserve.handle(self._shop, request, context)

    async def WatchStock(self, request: Any, context: Any) -> AsyncIterator[Any]:
        async with answering(context), aclosing(watch.handle(self._shop, request)) as levels:
            async for level in levels:
                yield level

    async def BulkAdjust(self, request_iterator: Any, context: Any) -> Any:
        async with answering(context):
            return await adjust.handle(self._shop, request_iterator)

    async def Negotiate(self, request_iterator: Any, context: Any) -> AsyncIterator[Any]:
        async with answering(context), aclosing(negotiate.handle(request_iterator)) as answers:
            async for answer in answers:
                yield answer


class WarehouseService(stock_pb2_grpc.WarehouseServicer):
    """The warehouse, which this service plays unless it is told of another."""

    async def Supply(self, request: Any, context: Any) -> Any:
        async with answering(context):
            return supply(request)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[int]:
    """Serve within the block and drain at its end; gives the port.

    Raises:
        OSError: the port is taken, or a certificate cannot be read.
    """
    interceptor = AsyncBearer(BearerTokens(settings.token_list()))
    server = grpc.aio.server(
        interceptors=[interceptor],
        options=server_options(settings),
        maximum_concurrent_rpcs=settings.max_concurrent_calls,
    )
    port = listen(server, settings)
    store = Store(settings.max_items)
    async with open_client(warehouse_settings(settings, port), WAREHOUSE) as warehouse:
        shop = Shop(store, warehouse, settings.warehouse_seconds, settings.watch_seconds)
        stock_pb2_grpc.add_StockServicer_to_server(StockService(shop), server)
        stock_pb2_grpc.add_WarehouseServicer_to_server(WarehouseService(), server)
        health = await add_health(server)
        await server.start()
        try:
            yield port
        finally:
            await _drain(server, health, store, settings)


async def _drain(server: grpc.aio.Server, health: Health, store: Store, settings: Settings) -> None:
    await health.enter_graceful_shutdown()
    await asyncio.sleep(settings.drain_delay_seconds)
    health.end_watches()
    store.close()
    await server.stop(settings.drain_seconds)
