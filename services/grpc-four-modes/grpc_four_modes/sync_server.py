"""The sync server: the same service on threads. See server.py; the order of the end is the same."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc

from grpc_four_modes.answering import answering_sync
from grpc_four_modes.bearer import BearerTokens, SyncBearer
from grpc_four_modes.generated import stock_pb2_grpc
from grpc_four_modes.ports import listen, warehouse_settings
from grpc_four_modes.service_config import WAREHOUSE
from grpc_four_modes.settings import Settings
from grpc_four_modes.shop import Shop, supply
from grpc_four_modes.store import Store
from grpc_four_modes.sync_client import SyncClient, open_sync_client
from grpc_four_modes.sync_health import SyncHealth, add_sync_health
from grpc_four_modes.sync_modes import adjust, negotiate, reserve, watch
from grpc_four_modes.wire import server_options


class SyncStockService(stock_pb2_grpc.StockServicer):
    """Four modes, each in a file of its own."""

    def __init__(self, shop: Shop[SyncClient]) -> None:
        self._shop = shop

    def Reserve(self, request: Any, context: Any) -> Any:
        with answering_sync(context):
            return reserve.handle(self._shop, request, context)

    def WatchStock(self, request: Any, context: Any) -> Iterator[Any]:
        with answering_sync(context):
            yield from watch.handle(self._shop, request, context)

    def BulkAdjust(self, request_iterator: Any, context: Any) -> Any:
        with answering_sync(context):
            return adjust.handle(self._shop, request_iterator)

    def Negotiate(self, request_iterator: Any, context: Any) -> Iterator[Any]:
        with answering_sync(context):
            yield from negotiate.handle(request_iterator)


class SyncWarehouseService(stock_pb2_grpc.WarehouseServicer):
    """The warehouse, which this service plays unless it is told of another."""

    def Supply(self, request: Any, context: Any) -> Any:
        with answering_sync(context):
            return supply(request)


@contextmanager
def serving_sync(settings: Settings) -> Iterator[int]:
    """Serve within the block and drain at its end; gives the port.

    Raises:
        OSError: the port is taken, or a certificate cannot be read.
    """
    with ThreadPoolExecutor(settings.threads, "stock") as threads:
        server = grpc.server(
            threads,
            interceptors=[SyncBearer(BearerTokens(settings.token_list()))],
            options=server_options(settings),
            maximum_concurrent_rpcs=settings.max_concurrent_calls,
        )
        port = listen(server, settings)
        store = Store(settings.max_items)
        with open_sync_client(warehouse_settings(settings, port), WAREHOUSE) as warehouse:
            shop = Shop(store, warehouse, settings.warehouse_seconds, settings.watch_seconds)
            stock_pb2_grpc.add_StockServicer_to_server(SyncStockService(shop), server)
            stock_pb2_grpc.add_WarehouseServicer_to_server(SyncWarehouseService(), server)
            health = add_sync_health(server)
            server.start()
            try:
                yield port
            finally:
                _drain(server, health, store, settings)


def _drain(server: grpc.Server, health: SyncHealth, store: Store, settings: Settings) -> None:
    health.enter_graceful_shutdown()
    time.sleep(settings.drain_delay_seconds)
    health.end_watches()
    store.close()
    server.stop(settings.drain_seconds).wait()
