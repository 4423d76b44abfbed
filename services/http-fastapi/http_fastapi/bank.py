"""The bank, played by this service so that the example alone shows a call between services.

Idempotent by key, as banks are: a charge that comes again with its key is answered with its first payment,
and another charge with that key is refused. What was declined may be tried again with the same key.
"""

from uuid import uuid4

from http_fastapi.models import DECLINED_CARD, Charge, Payment


class CardDeclinedError(Exception):
    """The card cannot be charged."""


class KeyReusedError(Exception):
    """The key belongs to another charge."""


class BankFullError(Exception):
    """The bank keeps as many payments as it may; it forgets none, because a key must hold."""


class Bank:
    """Keeps at most `max_payments` payments, by key."""

    def __init__(self, max_payments: int) -> None:
        self._max_payments = max_payments
        self._made: dict[str, tuple[Charge, Payment]] = {}

    def charge(self, key: str, charge: Charge) -> tuple[Payment, bool]:
        """Make a payment; also tell whether it is a new one.

        Raises:
            BankFullError, CardDeclinedError, KeyReusedError: no payment was made.
        """
        if key in self._made:
            known, payment = self._made[key]
            if known != charge:
                raise KeyReusedError("This Idempotency-Key belongs to another charge.")
            return payment, False
        if charge.card_token.get_secret_value() == DECLINED_CARD:
            raise CardDeclinedError("The card is declined.")
        if len(self._made) >= self._max_payments:
            raise BankFullError("The bank takes no more payments.")
        payment = Payment(id=str(uuid4()), order_id=charge.order_id, amount_cents=charge.amount_cents)
        self._made[key] = charge, payment
        return payment, True
