"""The bank's side: `POST /payments`, see bank. In a real shop this is another service."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Response

from http_fastapi.handlers.state import TheBank
from http_fastapi.models import Charge, Payment
from http_fastapi.protections import require_scope

router = APIRouter(tags=["bank"])

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Names the charge: sent again with it, a charge is made once.",
    ),
]


@router.post(
    "/payments",
    status_code=HTTPStatus.CREATED,
    operation_id="chargeCard",
    response_description="The card was charged.",
    responses={
        200: {"model": Payment, "description": "It had been charged before."},
        402: {"description": "The card was declined."},
    },
    dependencies=[require_scope("orders:write")],
)
async def charge_card(
    charge: Charge, bank: TheBank, idempotency_key: IdempotencyKey, response: Response
) -> Payment:
    """Charge a card; 200 instead of 201 when that was done before."""
    payment, is_new = bank.charge(idempotency_key, charge)
    if not is_new:
        response.status_code = HTTPStatus.OK
    return payment
