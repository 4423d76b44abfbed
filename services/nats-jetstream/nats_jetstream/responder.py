"""Request and reply: what something costs, answered by one member of a queue group.

An error is an answer, too, in the headers that the micro services' protocol has for it: a callback that
raises would leave the one who asks waiting for his timeout.
"""

import logging

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.micro.request import ERROR_CODE_HEADER, ERROR_HEADER
from pydantic import ValidationError

from nats_jetstream.errors import BrokerError, NotFoundError, translated
from nats_jetstream.prices import PRICES_CENTS
from nats_jetstream.shapes import Quote, QuoteRequest

SUBJECT, QUEUE = "shop.quotes", "quotes"
_NOT_FOUND, _BAD_REQUEST = "404", "400"
_log = logging.getLogger(__name__)


async def answer_quotes(client: Client) -> None:
    """Answer requests from now on, until the connection is drained."""

    async def answer(message: Msg) -> None:
        try:
            request = QuoteRequest.model_validate_json(message.data)
        except ValidationError:
            await refuse(message, _BAD_REQUEST, "the request is not as it should be")
            return
        price_cents = PRICES_CENTS.get(request.item)
        if price_cents is None:
            await refuse(message, _NOT_FOUND, f"the shop has no {request.item}")
            return
        quote = Quote(**request.model_dump(), price_cents=price_cents * request.quantity)
        await client.publish(message.reply, quote.model_dump_json().encode())

    async def refuse(message: Msg, code: str, text: str) -> None:
        headers = {ERROR_CODE_HEADER: code, ERROR_HEADER: text}
        # Not message.respond(), which sends the request's own headers back.
        await client.publish(message.reply, headers=headers)

    await client.subscribe(SUBJECT, queue=QUEUE, cb=answer)


async def ask_quote(client: Client, request: QuoteRequest, timeout_seconds: float) -> Quote:
    """Ask what something costs. Raises NotFoundError, UnavailableError when nobody answers, BrokerError."""
    with translated("quote"):
        reply = await client.request(SUBJECT, request.model_dump_json().encode(), timeout=timeout_seconds)
    headers = reply.headers or {}
    if code := headers.get(ERROR_CODE_HEADER):
        text = headers.get(ERROR_HEADER, "")
        raise NotFoundError(text) if code == _NOT_FOUND else BrokerError(text)
    return Quote.model_validate_json(reply.data)
