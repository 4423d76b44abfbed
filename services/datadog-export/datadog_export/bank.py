"""The bank, played by this service when no other is given; amounts with certain digits make trouble."""

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

# As test amounts of real payment providers do: the last three digits say what happens.
REFUSED, DOWN, SLOW = 402, 503, 777
SLOW_SECONDS = 0.4
_DIGITS = 1000

router = APIRouter()


class Payout(BaseModel):
    """What is to be paid to a customer."""

    refund_id: Annotated[str, Field(max_length=100)]
    amount_cents: Annotated[int, Field(ge=1)]


@router.post("/payouts")
async def pay_out(payout: Payout) -> Response:
    """Pay, unless the amount asks for trouble."""
    ending = payout.amount_cents % _DIGITS
    if ending == SLOW:
        await asyncio.sleep(SLOW_SECONDS)
    return Response(status_code=ending if ending in (REFUSED, DOWN) else HTTPStatus.CREATED)
