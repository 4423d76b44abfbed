"""http-fastapi: orders; ones that are wrong or not there; payments that are retried, declined, lost, slow."""

from http import HTTPStatus

from tests.e2e.load.bank import SLOW_SECONDS, Bank
from tests.e2e.load.json_client import JsonClient

_LATER, _DECLINED = HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.PAYMENT_REQUIRED


def order_and_pay(shop: JsonClient, bank: Bank) -> None:
    """One round."""
    for _ in range(10):
        order = _order(shop)
        shop.expect(HTTPStatus.OK, "GET", f"/orders/{order}")
    shop.expect(HTTPStatus.NOT_FOUND, "GET", "/orders/00000000-0000-4000-8000-000000000000")
    shop.expect(HTTPStatus.UNPROCESSABLE_ENTITY, "POST", "/orders", {"item": "tea", "quantity": -1})
    for answers in ((), (_LATER, _LATER), (_DECLINED,), (_LATER, _LATER, _LATER)):
        _pay(shop, bank, *answers)
    bank.pause_seconds = SLOW_SECONDS
    _pay(shop, bank)
    bank.pause_seconds = 0.0


def _order(shop: JsonClient) -> str:
    order = shop.expect(HTTPStatus.CREATED, "POST", "/orders", {"item": "tea", "quantity": 2})
    return str(order["id"])


def _pay(shop: JsonClient, bank: Bank, *answers: HTTPStatus) -> None:
    # What comes of it is not asked: the budget for retries may be used up.
    bank.script.clear()
    bank.script.extend(answers)
    shop.ask("POST", f"/orders/{_order(shop)}/payment", {"card_token": "tok_visa"})
