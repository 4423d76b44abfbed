"""Consuming one queue: the broker sends some messages ahead, workers process a few of them at once.

aio-pika's callback only hands over to tasks of our own: its own it cancels amid the work when the connection
is lost. One OpenTelemetry decision: so the callback is `unprocessed`, and the process span is the worker's,
with what the handler raised; the wait for a worker is not in it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aio_pika.abc import AbstractIncomingMessage, AbstractRobustConnection
from opentelemetry.metrics import Counter

from otelkit.instrumentation.aio_pika import processing, unprocessed
from rabbitmq_aio_pika.broker.errors import is_loss, losses_ignored, reason_of
from rabbitmq_aio_pika.broker.subscription import Subscription
from rabbitmq_aio_pika.retries import Retries
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.store.inbox import DuplicateError, Inbox

Handler = Callable[[str, AbstractIncomingMessage], Awaitable[None]]  # the queue's name comes first
DONE, DUPLICATE, GIVEN_BACK = "done", "duplicate", "given back"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """What all consumers share: what was processed, what becomes of failures, and the count of outcomes."""

    inbox: Inbox
    retries: Retries
    settled: Counter


class Consumer:
    """Processes the messages of one queue, from `start` to `stop`."""

    def __init__(self, queue: str, handler: Handler, desk: Desk, settings: Settings) -> None:
        self._queue, self._handler, self._desk = queue, handler, desk
        self._concurrency = settings.concurrency
        self._subscription = Subscription(queue, settings.prefetch)
        self._waiting: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []

    async def start(self, connection: AbstractRobustConnection) -> None:
        """Begin to consume. Raises UnavailableError."""
        await self._subscription.open(connection, unprocessed(self._waiting.put))
        self._workers = [
            asyncio.create_task(self._work(), name=self._queue) for _ in range(self._concurrency)
        ]

    async def stop(self, drain_seconds: float) -> None:
        """Finish what is being processed, or give it back when the time is up; give back what only waits."""
        await self._subscription.cancel()
        while not self._waiting.empty():
            self._waiting.get_nowait()
        for _ in self._workers:
            self._waiting.put_nowait(None)
        if self._workers:
            _, late = await asyncio.wait(self._workers, timeout=drain_seconds)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._subscription.close()

    async def _work(self) -> None:
        while (message := await self._waiting.get()) is not None:
            try:
                await self._process(message)
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - a worker outlives every message
                await self._give_back(message, error)

    async def _give_back(
        self, message: AbstractIncomingMessage, error: Exception | asyncio.CancelledError
    ) -> None:
        if is_loss(error):  # its channel is gone, and the acknowledgement with it
            _log.info("message of %s comes again: %s", self._queue, reason_of(error))
        elif isinstance(error, asyncio.CancelledError):
            raise error  # the service ends
        else:
            _log.error("message of %s is given back", self._queue, exc_info=error)
        with losses_ignored():
            await message.nack(requeue=True)

    async def _process(self, message: AbstractIncomingMessage) -> None:
        failure, outcome = None, GIVEN_BACK
        try:
            with processing(message):
                failure = await self._try(message)
                outcome = await self._decide(message, failure)
                await message.ack()
                if failure is not None and outcome is not DUPLICATE:
                    raise failure
        except Exception as error:
            if error is not failure:
                outcome = GIVEN_BACK
                raise
        finally:
            self._desk.settled.add(1, {"shop.queue": self._queue, "shop.outcome": outcome})

    async def _try(self, message: AbstractIncomingMessage) -> Exception | None:
        try:
            if await self._desk.inbox.has(self._queue, message.message_id):
                return DuplicateError()
            await self._handler(self._queue, message)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this message's failure
            return error
        return None

    async def _decide(self, message: AbstractIncomingMessage, failure: Exception | None) -> str:
        if failure is None:
            return DONE
        if isinstance(failure, DuplicateError):
            return DUPLICATE
        return await self._desk.retries.hand_on(self._queue, message, failure)
