"""What goes over HTTP, and how much of it: every list and every text has a bound."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

from sql_sqlalchemy.store.filters import OrderFilter, Text
from sql_sqlalchemy.store.models import Order, OrderStatus

Cents = Annotated[int, Field(ge=0, le=10**12)]


class NewAccount(BaseModel):
    """An account to be opened."""

    owner: Text
    balance_cents: Cents = 0


class TransferRequest(BaseModel):
    """Money to be moved; whoever repeats a request gives it the same `id`."""

    id: UUID = Field(default_factory=uuid4)
    from_account: UUID
    to_account: UUID
    amount_cents: Annotated[int, Field(gt=0, le=10**12)]


class Line(BaseModel):
    """One item of an order."""

    model_config = ConfigDict(from_attributes=True)

    item: Text
    quantity: Annotated[int, Field(ge=1, le=1000)] = 1
    price_cents: Cents


class NewOrder(BaseModel):
    """An order to be placed."""

    account_id: UUID
    lines: Annotated[list[Line], Field(min_length=1, max_length=100)]


class StatusChange(BaseModel):
    """A change of the order that the customer saw at `version`."""

    status: OrderStatus
    version: Annotated[int, Field(ge=1, lt=2**31)]


class OrderQuery(OrderFilter):
    """Filters, and which page of what they leave."""

    after: Annotated[str, Field(max_length=200)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class OrderView(BaseModel):
    """An order as a customer sees it."""

    id: UUID
    owner: str
    status: OrderStatus
    total_cents: int
    placed_at: datetime
    version: int
    lines: list[Line]

    @classmethod
    def of(cls, order: Order) -> Self:
        """Show an order that was loaded with its relations."""
        return cls(
            id=order.id,
            owner=order.account.owner,
            status=order.status,
            total_cents=order.total_cents,
            placed_at=order.placed_at,
            version=order.version,
            lines=[Line.model_validate(line) for line in order.lines],
        )


class PageView(BaseModel):
    """One page; `next` goes into `after` of the request for the one behind it."""

    orders: list[OrderView]
    next: str | None
