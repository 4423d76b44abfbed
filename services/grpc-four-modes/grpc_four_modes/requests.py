"""What requests must be before anything is done for them, the same for asyncio and sync."""

from grpc_four_modes.generated.stock_pb2 import Adjustment, Offer, ReserveRequest
from grpc_four_modes.refusals import InvalidRequest

MOST_CHARACTERS = 100
MOST_RESERVED = 10_000


def check_item(item: str) -> None:
    """Raise InvalidRequest for a name that cannot be one."""
    if not item or len(item) > MOST_CHARACTERS or not item.isprintable():
        raise InvalidRequest("item", f"must be 1 to {MOST_CHARACTERS} printable characters")


def check_reserve(request: ReserveRequest) -> None:
    """Raise InvalidRequest that names the field."""
    check_item(request.item)
    check_quantity(request.quantity)
    if not request.request_id or len(request.request_id) > MOST_CHARACTERS:
        raise InvalidRequest("request_id", f"must be 1 to {MOST_CHARACTERS} characters")


def check_quantity(quantity: int) -> None:
    """Raise InvalidRequest for more or less than can be sold at once."""
    if not 1 <= quantity <= MOST_RESERVED:
        raise InvalidRequest("quantity", f"must be 1 to {MOST_RESERVED}")


def check_adjustment(adjustment: Adjustment) -> None:
    """Raise InvalidRequest that names the field."""
    check_item(adjustment.item)
    if adjustment.change == 0:
        raise InvalidRequest("change", "must not be 0")


def check_offer(offer: Offer) -> None:
    """Raise InvalidRequest that names the field."""
    check_item(offer.item)
    check_quantity(offer.quantity)
