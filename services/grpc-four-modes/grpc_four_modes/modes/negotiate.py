"""Bidirectional: haggle over a price, one answer to each offer, each side waiting for the other.

One span for the conversation on either side. The client leaves by cancelling, so that a server that waits for
the next offer does not wait for ever.
"""

from collections.abc import AsyncGenerator, AsyncIterable

from grpc_four_modes.client import Client
from grpc_four_modes.generated.stock_pb2 import Answer, Offer
from grpc_four_modes.haggling import Buyer, Seller


async def handle(offers: AsyncIterable[Offer]) -> AsyncGenerator[Answer, None]:
    """Answer each offer until one is agreed. Raises Refusal."""
    seller = Seller()
    async for offer in offers:
        answer = seller.answer(offer)
        yield answer
        if answer.agreed:
            return


async def call(client: Client, buyer: Buyer) -> AsyncGenerator[tuple[Offer, Answer], None]:
    """Haggle; gives each offer with its answer, until both agree or the buyer gives up.

    Raises:
        grpc.aio.AioRpcError: the conversation failed.
    """
    call = client.stock.Negotiate(None, timeout=client.stream_seconds, metadata=client.metadata)
    try:
        offer: Offer | None = buyer.first_offer()
        while offer is not None:
            await call.write(offer)
            answer = await call.read()
            if not isinstance(answer, Answer):  # grpc.aio.EOF
                break
            yield offer, answer
            offer = buyer.next_offer(offer, answer)
        await call.done_writing()
        await call.code()
    finally:
        call.cancel()
