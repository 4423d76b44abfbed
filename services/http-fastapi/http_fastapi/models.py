"""What customers send. Unknown members are refused: a misspelled `quantity` would order one."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_serializer
from pydantic_core import PydanticCustomError


def _refuse_what_is_no_number(value: object) -> object:
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


# As JSON Schema has it: 2.0 is an integer, true and "2" are not; pydantic alone takes all or refuses 2.0.
WHOLE_NUMBER = BeforeValidator(_refuse_what_is_no_number)


class NewOrder(BaseModel):
    """What a customer orders."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"item": "tea", "quantity": 2}]}
    )

    item: Annotated[str, Field(min_length=1, max_length=100, description="Name of the article.")]
    quantity: Annotated[int, Field(ge=1, le=1000, description="How many of it."), WHOLE_NUMBER] = 1


DECLINED_CARD = "tok_declined"
CardToken = Annotated[
    SecretStr, Field(min_length=5, max_length=64, description="What the card's issuer gave for the card.")
]


class NewPayment(BaseModel):
    """What a customer pays with; the order says how much."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"card_token": "tok_visa"}]})

    card_token: CardToken


class Charge(BaseModel):
    """What the bank is asked for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"order_id": "b2a3", "amount_cents": 700, "card_token": "tok_visa"}]},
    )

    order_id: Annotated[str, Field(min_length=1, max_length=64, description="What is paid for.")]
    amount_cents: Annotated[int, Field(ge=1, le=10_000_000, description="How much, in cents."), WHOLE_NUMBER]
    card_token: CardToken

    @field_serializer("card_token", when_used="json")
    def _reveal(self, token: SecretStr) -> str:  # the bank needs it; str() and repr() still hide it
        return token.get_secret_value()


class Payment(BaseModel):
    """A payment that was made."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "8f14", "order_id": "b2a3", "amount_cents": 700}]}
    )

    id: Annotated[str, Field(min_length=1, max_length=64)]
    order_id: str
    amount_cents: int
