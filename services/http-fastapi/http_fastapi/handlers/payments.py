"""Pay an order: `POST /orders/{order_id}/payment`, which asks the bank.

The one OpenTelemetry decision: a failed payment is a log record with its error type and no exception event,
because the CLIENT spans tell what happened on the wire and the server span tells what was answered.
"""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from http_fastapi.client import PaymentsError
from http_fastapi.handlers.orders import OrderId, not_found
from http_fastapi.handlers.state import ThePayments, TheShop
from http_fastapi.models import Charge, NewPayment, Payment
from http_fastapi.protections import require_scope
from http_fastapi.store import Order

router = APIRouter(tags=["orders"])
_log = logging.getLogger(__name__)
UNIT_PRICE_CENTS = 350


@router.post(
    "/orders/{order_id}/payment",
    status_code=HTTPStatus.CREATED,
    response_model=Payment,
    operation_id="payOrder",
    response_description="The payment was made.",
    responses={
        200: {"model": Payment, "description": "The order had been paid before."},
        402: {"description": "The bank declined the card."},
        409: {"description": "The order is being paid for in another way."},
        502: {"description": "The bank's answer was wrong."},
    },
    dependencies=[require_scope("orders:write")],
)
async def pay_order(
    order_id: OrderId, new: NewPayment, shop: TheShop, payments: ThePayments, response: Response
) -> Any:
    """Pay an order; 200 instead of 201 when that was done before. An order is paid at most once."""
    order = shop.store.get(order_id)
    if order is None:
        return not_found()
    amount_cents = order.quantity * UNIT_PRICE_CENTS
    if order.payment_id is not None:
        response.status_code = HTTPStatus.OK
        return Payment(id=order.payment_id, order_id=order.id, amount_cents=amount_cents)
    charge = Charge(order_id=order.id, amount_cents=amount_cents, card_token=new.card_token)
    payment = await _pay(order, charge, payments)
    shop.settle_payment(order, payment.id)
    return payment


async def _pay(order: Order, charge: Charge, payments: ThePayments) -> Payment:
    try:
        return await payments.pay(charge)
    except PaymentsError as error:
        kind = type(error).__name__
        _log.warning("payment failed", extra={"shop.order.id": order.id, ERROR_TYPE: kind})
        raise
