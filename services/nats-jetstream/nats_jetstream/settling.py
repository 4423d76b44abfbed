"""One delivery of an order from its arrival to its acknowledgement, in one process span.

What went well is acknowledged, and the acknowledgement acknowledged (`ack_sync`): the server will not deliver
it again. What may go well later comes back after a pause that grows. What can never go well is terminated.
What a worker gives back because it ends comes back at once. The exception is recorded by the process span.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from nats import errors
from nats.aio.msg import Msg
from opentelemetry import metrics
from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_CONSUMER_GROUP_NAME,
    MESSAGING_SYSTEM,
)
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from nats_jetstream.errors import BrokerError
from nats_jetstream.failures import Failures
from nats_jetstream.shapes import Failure
from otelkit.instrumentation.nats import processing

Work = Callable[[Msg], Awaitable[None]]
_CONFIRM_SECONDS = 5.0
STREAM_NAME = "messaging.nats.stream.name"
_BEATS = 3  # signs of life within the time that the server waits for one
_log = logging.getLogger(__name__)


class HopelessError(Exception):
    """The message can never be processed, however often it comes."""


class Settling:
    """Called with each delivery; raises nothing but a cancellation."""

    def __init__(
        self, work: Work, failures: Failures, ack_wait_seconds: float, backoff_seconds: Sequence[float]
    ) -> None:
        self._work, self._failures = work, failures
        self._ack_wait_seconds, self._backoff_seconds = ack_wait_seconds, backoff_seconds
        self._redeliveries = metrics.get_meter(__name__).create_counter(
            "messaging.nats.consumer.redeliveries", "{message}", "Deliveries after the first one."
        )

    async def __call__(self, message: Msg) -> None:
        """Work on a message and settle it."""
        if message.metadata.num_delivered > 1:
            self._redeliveries.add(1, labels_of(message.metadata.stream, message.metadata.consumer))
        with suppress(Exception), processing(message):  # recorded, logged and settled
            await self._work_and_settle(message)

    async def _work_and_settle(self, message: Msg) -> None:
        try:
            async with signs_of_life(message, self._ack_wait_seconds / _BEATS):
                await self._work(message)
        except asyncio.CancelledError:
            await message.nak()
            raise
        except Exception as error:
            await self._give_up(message, error)
            raise
        await self._confirm(message)

    async def _give_up(self, message: Msg, error: Exception) -> None:
        metadata = message.metadata
        kind = type(error).__qualname__
        _log.warning("delivery %d failed: %s", metadata.num_delivered, error, extra={ERROR_TYPE: kind})
        try:
            await self._failures.note(metadata, Failure(error_type=kind, deliveries=metadata.num_delivered))
        except BrokerError as unnoted:  # the dead letter will say that it does not know why
            _log.warning("the failure is not noted: %s", unnoted)
        if isinstance(error, HopelessError):
            await message.term()
        else:
            await message.nak(self._pause_after(metadata.num_delivered))

    def _pause_after(self, deliveries: int) -> float:
        return self._backoff_seconds[min(deliveries, len(self._backoff_seconds)) - 1]

    async def _confirm(self, message: Msg) -> None:
        try:
            await message.ack_sync(timeout=_CONFIRM_SECONDS)
        except errors.Error as error:  # it may come again, and is known then
            _log.warning("not known whether the acknowledgement arrived: %s", error)


@asynccontextmanager
async def signs_of_life(message: Msg, pause_seconds: float) -> AsyncIterator[None]:
    """Tell the server during long work that it goes on, or it would give the message to somebody else."""

    async def tell() -> None:
        with suppress(errors.Error):
            while True:
                await asyncio.sleep(pause_seconds)
                await message.in_progress()

    telling = asyncio.create_task(tell())
    try:
        yield
    finally:
        telling.cancel()


def labels_of(stream: str, consumer: str) -> dict[str, str]:
    """Name a consumer in metrics as the instrumentation does."""
    return {
        MESSAGING_SYSTEM: "nats",
        STREAM_NAME: stream,
        MESSAGING_CONSUMER_GROUP_NAME: consumer,
    }
