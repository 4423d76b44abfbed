"""What customers send. Unknown members are refused: a misspelled `quantity` would order one."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class NewOrder(BaseModel):
    """What a customer orders."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"item": "tea", "quantity": 2}]}
    )

    item: Annotated[str, Field(min_length=1, max_length=100, description="Name of the article.")]
    quantity: Annotated[int, Field(ge=1, le=1000, description="How many of it.")] = 1
