"""Asking over the broker and waiting for the answer: a request says where to answer, and an id for that.

It expires when nobody waits any more. One OpenTelemetry decision: the CLIENT span is the whole exchange; the
request and the answer are messages like any others, with spans of their own below it.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from aio_pika import Message
from aio_pika.abc import AbstractIncomingMessage, AbstractRobustConnection
from opentelemetry import trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import SpanKind, StatusCode

from rabbitmq_aio_pika.broker.errors import BrokerError
from rabbitmq_aio_pika.broker.subscription import Subscription
from rabbitmq_aio_pika.broker.topology import QUOTES
from rabbitmq_aio_pika.messages import FAILED, MalformedError, read_body
from rabbitmq_aio_pika.publisher import Letter, Publisher
from rabbitmq_aio_pika.shapes import Quote, QuoteRequest


class NoAnswerError(Exception):
    """Nobody answered in time, or the question could not be sent."""


class RejectedError(Exception):
    """The answer says that there is none."""


class QuoteClient:
    """Asks for quotes, from `start` to `stop`."""

    def __init__(self, publisher: Publisher, wait_seconds: float) -> None:
        self._publisher, self._wait_seconds = publisher, wait_seconds
        self._answers = Subscription(None, prefetch=100)
        self._waiting: dict[str, asyncio.Future[Quote]] = {}

    async def start(self, connection: AbstractRobustConnection) -> None:
        """Be ready for answers. Raises UnavailableError."""
        await self._answers.open(connection, self._on_answer)

    async def stop(self) -> None:
        """Wait for no more answers."""
        await self._answers.close()

    async def ask(self, question: QuoteRequest) -> Quote:
        """Ask and wait. Raises NoAnswerError, RejectedError."""
        call_id = uuid4().hex
        answer: asyncio.Future[Quote] = asyncio.get_running_loop().create_future()
        self._waiting[call_id] = answer
        try:
            with _exchange():
                try:
                    async with asyncio.timeout(self._wait_seconds):
                        await self._publisher.publish(self._request(call_id, question))
                        quote = await answer
                except TimeoutError:
                    raise NoAnswerError(f"no quote within {self._wait_seconds:g} s") from None
                except BrokerError as error:
                    raise NoAnswerError(f"the question cannot be asked: {error}") from error
                return quote
        finally:
            del self._waiting[call_id]

    def _request(self, call_id: str, question: QuoteRequest) -> Letter:
        body = question.model_dump_json().encode()
        message = Message(
            body,
            message_id=call_id,
            correlation_id=call_id,
            type="quote.requested",
            content_type="application/json",
            reply_to=self._answers.name,
            expiration=self._wait_seconds,
        )
        return Letter("", QUOTES, message)

    async def _on_answer(self, message: AbstractIncomingMessage) -> None:
        await message.ack()
        answer = self._waiting.get(message.correlation_id or "")
        if answer is None or answer.done():
            return  # it came too late
        try:
            if message.type == FAILED:
                raise RejectedError(message.body.decode(errors="replace"))
            answer.set_result(read_body(Quote, message))
        except (RejectedError, MalformedError) as error:
            answer.set_exception(error)


@contextmanager
def _exchange() -> Iterator[None]:
    tracer = trace.get_tracer(__name__)
    with tracer.start_as_current_span(
        "ask for a quote", kind=SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except Exception as error:
            span.set_attribute(ERROR_TYPE, type(error).__name__)
            span.set_status(StatusCode.ERROR, str(error))
            raise
