"""Bidirectional: haggle over a price. See modes/negotiate.py.

grpc takes the offers from an iterator in a thread of its own, so they pass through a queue; None ends it.
"""

from collections.abc import Generator, Iterable, Iterator
from queue import SimpleQueue

from grpc_four_modes.generated.stock_pb2 import Answer, Offer
from grpc_four_modes.haggling import Buyer, Seller
from grpc_four_modes.sync_client import SyncClient


def handle(offers: Iterable[Offer]) -> Iterator[Answer]:
    """Answer each offer until one is agreed. Raises Refusal."""
    seller = Seller()
    for offer in offers:
        answer = seller.answer(offer)
        yield answer
        if answer.agreed:
            return


def call(client: SyncClient, buyer: Buyer) -> Generator[tuple[Offer, Answer], None, None]:
    """Haggle; gives each offer with its answer, until both agree or the buyer gives up.

    Raises:
        grpc.RpcError: the conversation failed.
    """
    offers: SimpleQueue[Offer | None] = SimpleQueue()
    seconds, metadata = client.stream_seconds, client.metadata
    call = client.stock.Negotiate(iter(offers.get, None), timeout=seconds, metadata=metadata)
    offer = buyer.first_offer()
    try:
        offers.put(offer)
        for answer in call:
            yield offer, answer
            following = buyer.next_offer(offer, answer)
            offers.put(following)
            offer = following or offer
    finally:
        offers.put(None)  # or the thread that reads them would wait for ever
        call.cancel()  # type: ignore[no-untyped-call]  # in its stubs
