"""Filters of orders as SQLAlchemy expressions: nobody puts a string of SQL together.

Each field knows its condition; values become bound parameters, and what a person searches for is taken
literally, `%` and `_` included.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, exists

from sql_sqlalchemy.store.models import Account, Order, OrderLine, OrderStatus

# PostgreSQL keeps no NUL in a text.
Text = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]


class OrderFilter(BaseModel):
    """What may be asked of orders; everything that is set must hold."""

    model_config = ConfigDict(extra="forbid")

    status: OrderStatus | None = None
    account_id: UUID | None = None
    owner_contains: Text | None = None
    item: Text | None = None
    item_contains: Text | None = None
    placed_from: AwareDatetime | None = None
    placed_before: AwareDatetime | None = None
    total_from_cents: int | None = Field(default=None, ge=0, le=10**12)

    def conditions(self) -> list[ColumnElement[bool]]:
        """Give one condition for each field that is set."""
        return [
            build(value) for name, build in _CONDITIONS.items() if (value := getattr(self, name)) is not None
        ]


def _has_line(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(OrderLine.order_id == Order.id, condition)


_CONDITIONS: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "status": lambda value: Order.status == value,
    "account_id": lambda value: Order.account_id == value,
    "owner_contains": lambda value: Account.owner.icontains(value, autoescape=True),
    "item": lambda value: _has_line(OrderLine.item == value),
    "item_contains": lambda value: _has_line(OrderLine.item.icontains(value, autoescape=True)),
    "placed_from": lambda value: Order.placed_at >= value,
    "placed_before": lambda value: Order.placed_at < value,
    "total_from_cents": lambda value: Order.total_cents >= value,
}
