"""Dead letters: looked at without taking them, and replayed to the queue that they died in.

One OpenTelemetry decision: a replay is processing a dead letter, in the letter's own trace, so that the story
goes on where it ended; whoever asked for the replay is linked from there. Looking leaves no spans.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from aio_pika.abc import AbstractIncomingMessage, AbstractQueue, AbstractRobustConnection
from opentelemetry import trace
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.trace import SpanContext

from otelkit.instrumentation.aio_pika import processing
from rabbitmq_aio_pika.broker.errors import UnroutableError, broker_errors
from rabbitmq_aio_pika.broker.topology import DEAD_LETTERS
from rabbitmq_aio_pika.messages import ATTEMPT, ERROR_TYPE, QUEUE, attempts_of, copy_message, text_of
from rabbitmq_aio_pika.publisher import Letter, Publisher
from rabbitmq_aio_pika.shapes import DeadLetter, DeadLettersView, ReplayView

_OPEN_SECONDS, _PUT_BACK_SECONDS, _LOOK_SECONDS = 5.0, 1.0, 0.02
_log = logging.getLogger(__name__)


class DeadLetters:
    """The queue of them."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    async def show(self, connection: AbstractRobustConnection, limit: int) -> DeadLettersView:
        """Look at some of them. Raises UnavailableError."""
        letters: list[DeadLetter] = []
        with suppress_instrumentation():
            async with _open_queue(connection) as (queue, count):
                while len(letters) < limit and (message := await queue.get(fail=False)) is not None:
                    letters.append(_describe(message))
            await _wait_until_put_back(connection, count)
        return DeadLettersView(count=count, letters=letters)

    async def replay(self, connection: AbstractRobustConnection, limit: int) -> ReplayView:
        """Publish them again, each to the queue that it died in, and remove what has arrived there.

        At most as many as there are at the beginning: what dies again meanwhile is not replayed. Raises
        BrokerError; what was not replayed then is still there.
        """
        asked_by = trace.get_current_span().get_span_context()
        view = ReplayView(replayed=0, left=0)
        async with _open_queue(connection) as (queue, count):
            for _ in range(min(limit, count)):
                message = await queue.get(fail=False)
                if message is None:
                    break
                if await self._replay_one(message, asked_by):
                    view.replayed += 1
                else:
                    view.left += 1
        return view

    async def _replay_one(self, message: AbstractIncomingMessage, asked_by: SpanContext) -> bool:
        queue = _queue_of(message)
        with processing(message):
            if asked_by.is_valid:
                trace.get_current_span().add_link(asked_by)
            # Attempts are counted anew; why it died stays in its trace.
            letter = Letter("", queue, copy_message(message, {ATTEMPT: 0, QUEUE: queue}))
            try:
                await self._publisher.publish(letter)
            except UnroutableError as error:  # not acknowledged: it goes back when the channel closes
                _log.error("dead letter stays: %s", error, extra={"shop.message.id": message.message_id})
                return False
            await message.ack()
        return True


@asynccontextmanager
async def _open_queue(connection: AbstractRobustConnection) -> AsyncIterator[tuple[AbstractQueue, int]]:
    """The queue, on a channel that gives back what was not acknowledged, and how many it has."""
    with broker_errors("the queue of dead letters"):
        async with asyncio.timeout(_OPEN_SECONDS):
            channel = await connection.channel()
        async with channel:
            queue = await channel.declare_queue(DEAD_LETTERS, passive=True)
            yield queue, queue.declaration_result.message_count or 0


async def _wait_until_put_back(connection: AbstractRobustConnection, count: int) -> None:
    # The broker takes a moment for that, in which a replay would not find what was just looked at.
    with suppress(TimeoutError):
        async with asyncio.timeout(_PUT_BACK_SECONDS), _open_queue(connection) as (queue, _):
            while ((await queue.declare()).message_count or 0) < count:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(_LOOK_SECONDS)


def _queue_of(message: AbstractIncomingMessage) -> str:
    """Where it died: as we noted, else as the broker did."""
    died_at = _last_death(message).get("queue")
    return text_of(message, QUEUE) or (died_at if isinstance(died_at, str) else "")


def _last_death(message: AbstractIncomingMessage) -> Mapping[str, object]:
    deaths = message.headers.get("x-death")
    return deaths[0] if isinstance(deaths, list) and deaths and isinstance(deaths[0], dict) else {}


def _describe(message: AbstractIncomingMessage) -> DeadLetter:
    by_broker = _last_death(message)
    return DeadLetter(
        message_id=message.message_id,
        queue=_queue_of(message),
        error_type=str(by_broker.get("reason", "")) if by_broker else text_of(message, ERROR_TYPE),
        attempts=attempts_of(message),
    )
