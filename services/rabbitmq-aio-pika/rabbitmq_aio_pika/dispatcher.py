"""The outbox's dispatcher: publishes what waits, many confirms in flight, and removes what was confirmed.

A process that dies after a confirm and before the removal publishes again; consumers know the id. Only what
is a message's own fault counts against it: it came back, the broker closed the channel, or it alone got no
confirm. Then it waits longer and longer, and goes alone, so that it takes no others down with it.
One OpenTelemetry decision: looking for work leaves no spans; each publish is in its writer's trace.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import TypeGuard

from opentelemetry import propagate
from opentelemetry.metrics import CallbackOptions, Meter, Observation

from rabbitmq_aio_pika.broker.errors import BrokerError, UnavailableError, UnconfirmedError
from rabbitmq_aio_pika.messages import make_message
from rabbitmq_aio_pika.publisher import Letter, Publisher
from rabbitmq_aio_pika.store.outbox import Outbox, OutboxMessage

Result = tuple[OutboxMessage, BrokerError | None]
BATCH = 200
_END_SECONDS = 2.0
_log = logging.getLogger(__name__)


class Dispatcher:
    """Looks into the outbox when something was added, and every `pause_seconds`, from `start` to `stop`."""

    def __init__(self, outbox: Outbox, publisher: Publisher, pause_seconds: float, meter: Meter) -> None:
        self._outbox, self._publisher, self._pause_seconds = outbox, publisher, pause_seconds
        self._ending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._complaint = ""
        meter.create_observable_up_down_counter(
            "shop.outbox.messages", [self._observe], "{message}", "Messages that wait for the broker."
        )

    def start(self) -> None:
        """Begin to look, in a task of the running loop."""
        self._task = asyncio.create_task(self._run(), name="outbox")

    async def stop(self) -> None:
        """Finish the batch that is under way, for two seconds; what is not confirmed then stays."""
        self._ending.set()
        self._outbox.added.set()
        if self._task is not None:
            done, _ = await asyncio.wait([self._task], timeout=_END_SECONDS)
            if not done:
                self._task.cancel()
                await asyncio.wait([self._task])

    async def dispatch_due(self) -> int:
        """Publish what is due, one batch; how many messages the broker has confirmed."""
        due = await self._outbox.take_due(BATCH)
        together = [message for message in due if not message.attempts]
        results = await self._publish(together)
        for message in due:
            if message.attempts:
                results += await self._publish([message])
        await self._settle(results)
        await self._outbox.count()
        return sum(error is None for _, error in results)

    async def _publish(self, messages: Sequence[OutboxMessage]) -> list[Result]:
        if not messages:
            return []
        errors = await self._publisher.publish_all([_letter_of(message) for message in messages])
        return list(zip(messages, errors, strict=True))

    async def _settle(self, results: Sequence[Result]) -> None:
        confirmed = [message.message_id for message, error in results if error is None]
        refused = [(message, error) for message, error in results if _is_own_fault(error, bool(confirmed))]
        for message, error in refused:
            extra = {"error.type": type(error).__name__, "shop.message.id": message.message_id}
            _log.error("message stays in the outbox: %s", error, extra=extra)
        if confirmed or refused:
            await self._outbox.settle(confirmed, [(message, str(error)) for message, error in refused])
        away = next((error for _, error in results if isinstance(error, UnavailableError)), None)
        self._complain(str(away) if away else "")

    def _complain(self, reason: str) -> None:
        """Say once that nothing leaves, and once that it does again."""
        if bool(reason) != bool(self._complaint):
            if reason:
                _log.warning("outbox waits for the broker: %s", reason)
            else:
                _log.info("outbox leaves again")
        self._complaint = reason

    async def _run(self) -> None:
        while not self._ending.is_set():
            self._outbox.added.clear()
            try:
                confirmed = await self.dispatch_due()
            except Exception:  # noqa: BLE001 - the loop outlives every defect of one round
                _log.exception("outbox failed, and goes on")
                confirmed = 0
            if not confirmed:
                await self._pause()

    async def _pause(self) -> None:
        awaited = self._ending if self._complaint else self._outbox.added
        try:
            async with asyncio.timeout(self._pause_seconds):
                await awaited.wait()
        except TimeoutError:
            return

    def _observe(self, _: CallbackOptions) -> Iterable[Observation]:
        yield Observation(self._outbox.waiting, {"shop.outbox.state": "waiting"})
        yield Observation(self._outbox.refused, {"shop.outbox.state": "refused"})


def _letter_of(message: OutboxMessage) -> Letter:
    made = make_message(message.message_id, message.kind, message.body, message.headers, message.priority)
    return Letter(message.exchange, message.routing_key, made, propagate.extract(message.context))


def _is_own_fault(error: BrokerError | None, others_are_confirmed: bool) -> TypeGuard[BrokerError]:
    if isinstance(error, UnconfirmedError):
        return others_are_confirmed
    return error is not None and not isinstance(error, UnavailableError)
