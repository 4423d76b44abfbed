"""How prices are found: the shop comes down a little with each offer, the buyer goes up half way."""

from dataclasses import dataclass

from grpc_four_modes.generated.stock_pb2 import Answer, Offer
from grpc_four_modes.refusals import Refusal
from grpc_four_modes.requests import check_offer

PRICE_CENTS = 100  # of one, before haggling
MOST_ROUNDS = 20
STEP_PERCENT = 3
LEAST_PERCENT = 80


class Seller:
    """The shop's side of one conversation."""

    def __init__(self) -> None:
        self._round = 0

    def answer(self, offer: Offer) -> Answer:
        """Agree or ask for more. Raises InvalidRequest, and Refusal when it has gone on for too long."""
        check_offer(offer)
        self._round += 1
        if self._round > MOST_ROUNDS:
            raise Refusal(f"no agreement after {MOST_ROUNDS} offers")
        percent = max(LEAST_PERCENT, 100 - STEP_PERCENT * self._round)
        asked = offer.quantity * PRICE_CENTS * percent // 100
        agreed = offer.price_cents >= asked
        return Answer(agreed=agreed, price_cents=offer.price_cents if agreed else asked)


@dataclass(frozen=True)
class Buyer:
    """The client's side; pays at most `limit_cents` for all."""

    item: str
    quantity: int
    limit_cents: int

    def first_offer(self) -> Offer:
        """Half of what it would pay."""
        return Offer(item=self.item, quantity=self.quantity, price_cents=self.limit_cents // 2)

    def next_offer(self, offer: Offer, answer: Answer) -> Offer | None:
        """Half way to what is asked; None when they agree, or when nothing more can be offered."""
        if answer.agreed or offer.price_cents >= self.limit_cents:
            return None
        middle = (offer.price_cents + answer.price_cents + 1) // 2
        price = min(self.limit_cents, max(middle, offer.price_cents + 1))
        return Offer(item=self.item, quantity=self.quantity, price_cents=price)
