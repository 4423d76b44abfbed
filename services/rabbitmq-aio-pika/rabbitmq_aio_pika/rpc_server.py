"""Answering questions that come over the broker.

Processing is aio-pika's callback here: when the connection is lost nobody waits for the answer any more, and
it may be cancelled. A question that cannot be answered is answered, too: with the reason. One OpenTelemetry
decision: then the process span is an error, and the answer is published within it.
"""

import logging

from aio_pika import Message
from aio_pika.abc import AbstractIncomingMessage, AbstractRobustConnection

from rabbitmq_aio_pika.broker.errors import BrokerError
from rabbitmq_aio_pika.broker.subscription import Subscription
from rabbitmq_aio_pika.broker.topology import QUOTES
from rabbitmq_aio_pika.messages import FAILED, PermanentError, read_body
from rabbitmq_aio_pika.publisher import Letter, Publisher
from rabbitmq_aio_pika.shapes import HOME, Quote, QuoteRequest

ANSWERED = "quote.answered"
_EMBARGOED = {"XX"}
_log = logging.getLogger(__name__)


class UnserviceableError(PermanentError):
    """Nobody ships there."""


def find_price(question: QuoteRequest) -> Quote:
    """Work out a price. Raises UnserviceableError."""
    if question.country in _EMBARGOED:
        raise UnserviceableError(f"nobody ships to {question.country}")
    base = 500 if question.country == HOME else 1500
    return Quote(price_cents=base + question.weight_grams // 10)


class QuoteServer:
    """Answers questions, from `start` to `stop`."""

    def __init__(self, publisher: Publisher, prefetch: int) -> None:
        self._publisher = publisher
        self._questions = Subscription(QUOTES, prefetch)

    async def start(self, connection: AbstractRobustConnection) -> None:
        """Begin to answer. Raises UnavailableError."""
        await self._questions.open(connection, self._on_question)

    async def stop(self) -> None:
        """Answer no more; questions that are under way go to somebody else."""
        await self._questions.cancel()
        await self._questions.close()

    async def _on_question(self, message: AbstractIncomingMessage) -> None:
        try:
            async with message.process():
                await self._answer(message)
        except PermanentError as error:  # the span has it, and so has who asked
            _log.warning("question was not answered: %s", error, extra={"error.type": type(error).__name__})

    async def _answer(self, message: AbstractIncomingMessage) -> None:
        if not message.reply_to:
            raise PermanentError("the question does not say where to answer")
        try:
            quote = find_price(read_body(QuoteRequest, message))
        except PermanentError as error:
            await self._reply(message, FAILED, str(error).encode())
            raise
        await self._reply(message, ANSWERED, quote.model_dump_json().encode())

    async def _reply(self, message: AbstractIncomingMessage, kind: str, body: bytes) -> None:
        reply = Message(
            body, correlation_id=message.correlation_id, type=kind, content_type="application/json"
        )
        try:
            await self._publisher.publish(Letter("", message.reply_to or "", reply))
        except BrokerError as error:  # who asked is gone
            _log.warning("answer has nobody to go to: %s", error, extra={"error.type": type(error).__name__})
