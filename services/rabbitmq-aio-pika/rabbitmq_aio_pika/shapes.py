"""What goes over HTTP and in messages, and how much of it: every text and every list has a bound."""

from typing import Annotated
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=200)]
HOME = "NL"


class ShipmentRequest(BaseModel):
    """A parcel to be shipped; whoever repeats a request gives it the same `id`."""

    id: UUID = Field(default_factory=uuid4)
    order_id: Text
    # Which services there are is what queues are bound for: others wait in the outbox until one is.
    service: Annotated[str, Field(pattern=r"^[a-z]{1,20}$")] = "standard"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = HOME
    weight_grams: Annotated[int, Field(ge=1, le=30_000)] = 1000
    priority: Annotated[int, Field(ge=0, le=9)] = 0


class ShipmentView(BaseModel):
    """A shipment and how far it is."""

    id: str
    state: str
    request: ShipmentRequest


class Announcement(BaseModel):
    """A shipment is on its way."""

    shipment_id: str
    order_id: Text


class Scan(BaseModel):
    """A parcel was seen somewhere."""

    id: UUID = Field(default_factory=uuid4)
    shipment_id: Text
    place: Text


class QuoteRequest(BaseModel):
    """A question: what would it cost."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = HOME
    weight_grams: Annotated[int, Field(ge=1, le=30_000)] = 1000


class Quote(BaseModel):
    """The answer to it."""

    price_cents: int


class CarrierState(BaseModel):
    """Whether the carrier, which this service plays, takes parcels."""

    model_config = ConfigDict(extra="forbid")

    available: bool


class WaitingMessage(BaseModel):
    """A message in the outbox, and why it is still there."""

    message_id: str
    exchange: str
    routing_key: str
    attempts: int
    reason: str | None


class OutboxView(BaseModel):
    """What waits for the broker."""

    waiting: int
    refused: int
    messages: list[WaitingMessage]


class DeadLetter(BaseModel):
    """A message that nobody could process."""

    message_id: str | None
    queue: str
    error_type: str
    attempts: int


class DeadLettersView(BaseModel):
    """How many there are, and some of them."""

    count: int
    letters: list[DeadLetter]


class ReplayRequest(BaseModel):
    """How many to replay at most."""

    limit: Annotated[int, Field(ge=1, le=10_000)] = 100


class ReplayView(BaseModel):
    """How many were replayed, and how many nobody knows a queue for."""

    replayed: int
    left: int
