"""What goes over HTTP and through the streams, and how much of it: every text and number has a bound."""

from typing import Annotated
from uuid import UUID, uuid4

from pydantic import BaseModel, Field

Item = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Quantity = Annotated[int, Field(ge=1, le=1000)]


class Order(BaseModel):
    """An order that was placed; whoever repeats a request gives it the same `id`."""

    id: UUID = Field(default_factory=uuid4)
    item: Item
    quantity: Quantity = 1
    note: str = ""  # as long as the broker takes it


class Reservation(BaseModel):
    """What was put aside for an order; `token` tells this time from any other for the same order."""

    quantity: int
    token: str


class Shelf(BaseModel):
    """What there is of one item: `level` counts what is `reserved` for orders, too."""

    level: int
    reserved: dict[str, Reservation] = {}

    @property
    def free(self) -> int:
        """What can still be reserved."""
        return self.level - sum(reservation.quantity for reservation in self.reserved.values())


class Restock(BaseModel):
    """What came from the warehouse."""

    item: Item
    quantity: Quantity


class QuoteRequest(BaseModel):
    """What a customer would like to know the price of."""

    item: Item
    quantity: Quantity = 1


class Quote(QuoteRequest):
    """What it costs."""

    price_cents: int


class Failure(BaseModel):
    """Why one delivery of a message failed; never the exception's text, which may hold anything."""

    error_type: str
    deliveries: int


class Advisory(BaseModel):
    """The server's word that it gives up on a message, as far as we need it."""

    type: str
    stream: str
    consumer: str
    stream_seq: int
    deliveries: int


class DeadLetter(BaseModel):
    """A message that was given up."""

    sequence: int
    subject: str
    reason: str
    error_type: str
    deliveries: int
    trace_id: str = ""
