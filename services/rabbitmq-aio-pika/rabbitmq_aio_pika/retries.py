"""What becomes of a message that could not be processed: it comes back later and later, then it is dead.

A copy goes to a queue that holds it back for a while, and only when that has it, the message is acknowledged;
so it is somewhere at any moment, and in both places when this process dies in between. One OpenTelemetry
decision: the copy is published within the process span, so that all attempts are one story.
"""

import asyncio
import logging
import random

from aio_pika.abc import AbstractIncomingMessage
from opentelemetry import trace

from rabbitmq_aio_pika.broker.errors import BrokerError
from rabbitmq_aio_pika.broker.topology import DEAD, retry_exchange
from rabbitmq_aio_pika.messages import (
    ATTEMPT,
    ERROR_TYPE,
    QUEUE,
    PermanentError,
    attempts_of,
    copy_message,
)
from rabbitmq_aio_pika.publisher import Letter, Publisher

ATTEMPTS = "shop.message.attempts"
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 5.0
_log = logging.getLogger(__name__)


class Retries:
    """Hands failed messages on; `delays_seconds` between the attempts."""

    def __init__(self, publisher: Publisher, delays_seconds: tuple[float, ...]) -> None:
        self._publisher, self._delays_seconds = publisher, delays_seconds

    async def hand_on(self, queue: str, message: AbstractIncomingMessage, error: Exception) -> str:
        """Publish the copy, however long it takes; `retried` or `dead`."""
        attempts = attempts_of(message) + 1
        dead = isinstance(error, PermanentError) or attempts > len(self._delays_seconds)
        exchange = DEAD if dead else retry_exchange(self._delays_seconds[attempts - 1])
        headers = {ATTEMPT: attempts, QUEUE: queue, ERROR_TYPE: type(error).__name__}
        trace.get_current_span().set_attribute(ATTEMPTS, attempts)
        await self._insist(Letter(exchange, queue, copy_message(message, headers)))
        extra = {
            "shop.message.id": message.message_id,
            "error.type": type(error).__name__,
            ATTEMPTS: attempts,
        }
        if dead:
            _log.error("message of %s is dead: %s", queue, error, extra=extra)
        else:
            _log.warning("message of %s will come again: %s", queue, error, extra=extra)
        return "dead" if dead else "retried"

    async def _insist(self, letter: Letter) -> None:
        # While the broker is away or blocked, the message is held: given back, it would come again at once.
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._publisher.publish(letter)
            except BrokerError as error:
                _log.warning("%s: it is held meanwhile", error, extra={"error.type": type(error).__name__})
            else:
                return
            await asyncio.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - no secret depends on it
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
