"""Unary: reserve an item. The warehouse is asked for what is missing, within the caller's deadline.

The call may be tried again by the channel (service_config.py), so it carries an id that makes it safe.
Retries by the channel are one span: it is the call that is traced, not its attempts.
"""

from uuid import uuid4

import grpc

from grpc_four_modes.client import Client
from grpc_four_modes.contexts import Context
from grpc_four_modes.deadlines import seconds_for_downstream
from grpc_four_modes.generated.stock_pb2 import Reservation, ReserveRequest, SupplyRequest
from grpc_four_modes.requests import check_reserve
from grpc_four_modes.shop import Shop, warehouse_failure


async def handle(shop: Shop[Client], request: ReserveRequest, context: Context) -> Reservation:
    """Answer one request. Raises Refusal."""
    check_reserve(request)
    if known := shop.store.answer_to(request.request_id):
        return known
    missing = request.quantity - shop.store.level(request.item)
    supplied = await _supply(shop, request, missing, context) if missing > 0 else 0
    return shop.store.reserve(request.request_id, request.item, request.quantity, supplied)


async def _supply(shop: Shop[Client], request: ReserveRequest, quantity: int, context: Context) -> int:
    seconds = seconds_for_downstream(context, shop.warehouse_seconds)
    wanted = SupplyRequest(item=request.item, quantity=quantity, request_id=request.request_id)
    warehouse = shop.warehouse
    try:
        result = await warehouse.warehouse.Supply(wanted, timeout=seconds, metadata=warehouse.metadata)
    except grpc.aio.AioRpcError as error:
        raise warehouse_failure(error.code()) from error
    return result.supplied


async def call(client: Client, item: str, quantity: int, request_id: str = "") -> Reservation:
    """Reserve. Raises grpc.aio.AioRpcError; `request_id` names an attempt to try again."""
    request = ReserveRequest(item=item, quantity=quantity, request_id=request_id or uuid4().hex)
    return await client.stock.Reserve(request, timeout=client.unary_seconds, metadata=client.metadata)
