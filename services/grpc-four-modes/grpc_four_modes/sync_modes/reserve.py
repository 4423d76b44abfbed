"""Unary: reserve an item. See modes/reserve.py; here the thread waits for the warehouse."""

from uuid import uuid4

import grpc

from grpc_four_modes.contexts import SyncContext
from grpc_four_modes.deadlines import seconds_for_downstream
from grpc_four_modes.generated.stock_pb2 import Reservation, ReserveRequest, SupplyRequest
from grpc_four_modes.requests import check_reserve
from grpc_four_modes.shop import Shop, warehouse_failure
from grpc_four_modes.sync_client import SyncClient


def handle(shop: Shop[SyncClient], request: ReserveRequest, context: SyncContext) -> Reservation:
    """Answer one request. Raises Refusal."""
    check_reserve(request)
    if known := shop.store.answer_to(request.request_id):
        return known
    missing = request.quantity - shop.store.level(request.item)
    supplied = _supply(shop, request, missing, context) if missing > 0 else 0
    return shop.store.reserve(request.request_id, request.item, request.quantity, supplied)


def _supply(shop: Shop[SyncClient], request: ReserveRequest, quantity: int, context: SyncContext) -> int:
    seconds = seconds_for_downstream(context, shop.warehouse_seconds)
    wanted = SupplyRequest(item=request.item, quantity=quantity, request_id=request.request_id)
    warehouse = shop.warehouse
    try:
        result = warehouse.warehouse.Supply(wanted, timeout=seconds, metadata=warehouse.metadata)
    except grpc.RpcError as error:
        raise warehouse_failure(error.code()) from error
    return result.supplied


def call(client: SyncClient, item: str, quantity: int, request_id: str = "") -> Reservation:
    """Reserve. Raises grpc.RpcError; `request_id` names an attempt to try again."""
    request = ReserveRequest(item=item, quantity=quantity, request_id=request_id or uuid4().hex)
    return client.stock.Reserve(request, timeout=client.unary_seconds, metadata=client.metadata)
