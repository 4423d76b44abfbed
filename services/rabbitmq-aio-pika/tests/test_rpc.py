"""Questions over the broker: answered, answered with why not, or not at all; nobody waits for ever."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import aio_pika
import pytest

from otelkit.traces import Span
from rabbitmq_aio_pika.broker.topology import QUOTES
from rabbitmq_aio_pika.patterns import until
from rabbitmq_aio_pika.publisher import Letter
from rabbitmq_aio_pika.rpc_client import NoAnswerError, RejectedError
from rabbitmq_aio_pika.shapes import Quote, QuoteRequest
from rabbitmq_aio_pika.shop import Shop

pytestmark = pytest.mark.integration
OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]
Spans = Callable[[Any], Awaitable[list[Span]]]


async def test_many_questions_at_once_get_each_their_own_answer(shop: Shop) -> None:
    weights = range(10, 510, 10)

    quotes = await asyncio.gather(*(shop.quotes.ask(QuoteRequest(weight_grams=weight)) for weight in weights))

    assert quotes == [Quote(price_cents=500 + weight // 10) for weight in weights]


async def test_question_that_cannot_be_answered_is_answered_with_the_reason(shop: Shop) -> None:
    with pytest.raises(RejectedError, match="nobody ships to XX"):
        await shop.quotes.ask(QuoteRequest(country="XX"))


async def test_question_that_nobody_answers_is_an_error_in_time_and_expires(
    open_here: OpenShop, spans: Spans
) -> None:
    async with open_here(quote_seconds=0.3) as shop:
        await shop._quote_server.stop()
        with pytest.raises(NoAnswerError, match=r"no quote within 0\.3 s"):
            await shop.quotes.ask(QuoteRequest())
        await until(lambda: is_empty(shop))

    asked = [span for span in await spans(2) if span.name == "ask for a quote"]
    assert [(span.status, span.attributes["error.type"]) for span in asked] == [("ERROR", "NoAnswerError")]


async def is_empty(shop: Shop) -> bool:
    channel = await shop.consuming.connection.channel()
    async with channel:
        queue = await channel.declare_queue(QUOTES, passive=True)
        return queue.declaration_result.message_count == 0


async def test_answer_that_is_nonsense_or_late_hurts_nobody(shop: Shop) -> None:
    reply_to = shop.quotes._answers.name
    for message in (
        aio_pika.Message(b"{", correlation_id="unknown"),
        aio_pika.Message(b"\xff"),
    ):
        await shop.publisher.publish(Letter("", reply_to, message))

    assert await shop.quotes.ask(QuoteRequest()) == Quote(price_cents=600)


async def test_question_without_a_place_for_the_answer_is_rejected(shop: Shop, spans: Spans) -> None:
    await shop.publisher.publish(Letter("", QUOTES, aio_pika.Message(b"{}")))

    def is_processed(all_: list[Span]) -> bool:
        return any(span.kind == "CONSUMER" for span in all_)

    (processed,) = [span for span in await spans(is_processed) if span.kind == "CONSUMER"]
    assert (processed.status, processed.attributes["error.type"]) == (
        "ERROR",
        "rabbitmq_aio_pika.messages.PermanentError",
    )
    assert await shop.quotes.ask(QuoteRequest()) == Quote(price_cents=600)


async def test_answer_to_somebody_who_is_gone_is_dropped(shop: Shop) -> None:
    gone = aio_pika.Message(b"{}", reply_to="amq_gone", correlation_id="1")
    await shop.publisher.publish(Letter("", QUOTES, gone))

    assert await shop.quotes.ask(QuoteRequest()) == Quote(price_cents=600)


async def test_questions_are_answered_after_the_connection_was_lost(shop: Shop) -> None:
    transport = shop.consuming.connection.transport
    assert transport is not None
    await transport.connection.close(ConnectionError("lost"))

    async def is_answered() -> bool:
        try:
            await shop.quotes.ask(QuoteRequest())
        except NoAnswerError:
            return False
        return True

    await until(is_answered)
