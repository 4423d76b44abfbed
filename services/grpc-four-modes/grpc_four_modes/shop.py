"""What handlers work with: the store, the warehouse behind it, and rules that asyncio and sync share."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import grpc

from grpc_four_modes.generated.stock_pb2 import Adjustment, BulkResult, SupplyRequest, SupplyResult
from grpc_four_modes.refusals import InvalidRequest, OutOfTime, Refusal, WarehouseFailed
from grpc_four_modes.requests import check_adjustment, check_item
from grpc_four_modes.store import Store

MOST_NAMED = 100  # refused adjustments; all are counted
MOST_SUPPLIED = 1000  # by the warehouse at once


ClientType = TypeVar("ClientType")


@dataclass(frozen=True)
class Shop(Generic[ClientType]):
    """One server's shop; `warehouse_seconds` and `watch_seconds` bound a call and a stream."""

    store: Store
    warehouse: ClientType
    warehouse_seconds: float
    watch_seconds: float


def adjust(store: Store, adjustment: Adjustment, result: BulkResult) -> None:
    """Do one adjustment of a stream and note in `result` how it went."""
    try:
        check_adjustment(adjustment)
        store.adjust(adjustment.item, adjustment.change)
        result.adjusted += 1
    except Refusal as refusal:
        if result.refused_count < MOST_NAMED:
            position = result.adjusted + result.refused_count
            result.refused.add(position=position, reason=refusal.reason)
        result.refused_count += 1


def supply(request: SupplyRequest) -> SupplyResult:
    """Play the warehouse: it has plenty, but sends at most 1000 at once. Raises InvalidRequest."""
    check_item(request.item)
    if request.quantity < 1:
        raise InvalidRequest("quantity", "must be at least 1")
    return SupplyResult(supplied=min(request.quantity, MOST_SUPPLIED))


def warehouse_failure(code: grpc.StatusCode) -> Refusal:
    """Say what a failure of the warehouse is to our caller: never the warehouse's own words."""
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return OutOfTime("the warehouse took too long")
    return WarehouseFailed("the warehouse cannot supply now")
