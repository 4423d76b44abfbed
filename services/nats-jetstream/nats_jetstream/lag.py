"""How far behind consumers are, asked of the server and said as gauges.

`messaging.nats.consumer.pending` are messages that nobody was given yet, `.ack_pending` those under way,
`.redelivered` those of them that were given out more than once; `messaging.nats.stream.messages` is what a
stream holds, of which that of dead letters should be none. While the server is away nothing is said: a gauge
that stays where it was would look like a consumer that stands still.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable

from nats import errors
from nats.js import JetStreamContext
from opentelemetry import metrics
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MESSAGING_SYSTEM
from pydantic import BaseModel

from nats_jetstream.ending import end_task
from nats_jetstream.errors import BrokerError, translated
from nats_jetstream.settling import STREAM_NAME, labels_of
from nats_jetstream.topology import CONSUMERS, DEAD_LETTERS

_log = logging.getLogger(__name__)


class ConsumerLag(BaseModel):
    """One consumer, as the server sees it."""

    stream: str
    consumer: str
    pending: int
    ack_pending: int
    redelivered: int


class Lag(BaseModel):
    """All consumers, and how many dead letters there are."""

    consumers: list[ConsumerLag]
    dead_letters: int


class LagWatch:
    """Asks every `pause_seconds`, from `start` to `stop`."""

    def __init__(self, jetstream: JetStreamContext, pause_seconds: float) -> None:
        self._jetstream, self._pause_seconds = jetstream, pause_seconds
        self._latest: Lag | None = None
        self._task: asyncio.Task[None] | None = None
        meter = metrics.get_meter(__name__)
        for name in ("pending", "ack_pending", "redelivered"):
            meter.create_observable_gauge(
                f"messaging.nats.consumer.{name}", [self._observer(name)], "{message}"
            )
        meter.create_observable_gauge("messaging.nats.stream.messages", [self._observe_letters], "{message}")

    def start(self) -> None:
        """Begin to ask, in a task of the running loop."""
        self._task = asyncio.create_task(self._run(), name="lag")

    async def stop(self) -> None:
        """Ask no more."""
        if self._task is not None:
            await end_task(self._task)
        self._latest = None

    async def ask(self) -> Lag:
        """Ask the server now. Raises BrokerError."""
        with suppress_instrumentation(), translated("lag of consumers"):
            consumers = [await self._of(stream, consumer) for stream, consumer in CONSUMERS]
            letters = (await self._jetstream.stream_info(DEAD_LETTERS)).state.messages
        return Lag(consumers=consumers, dead_letters=letters)

    async def _of(self, stream: str, consumer: str) -> ConsumerLag:
        info = await self._jetstream.consumer_info(stream, consumer)
        return ConsumerLag(
            stream=stream,
            consumer=consumer,
            pending=info.num_pending or 0,
            ack_pending=info.num_ack_pending or 0,
            redelivered=info.num_redelivered or 0,
        )

    async def _run(self) -> None:
        while True:
            try:
                self._latest = await self.ask()
            except (BrokerError, errors.Error) as error:
                self._latest = None
                _log.debug("lag is not known: %s", error)
            await asyncio.sleep(self._pause_seconds)

    def _observer(self, name: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
        def observe(_: CallbackOptions) -> Iterable[Observation]:
            for one in self._latest.consumers if self._latest else ():
                yield Observation(getattr(one, name), labels_of(one.stream, one.consumer))

        return observe

    def _observe_letters(self, _: CallbackOptions) -> Iterable[Observation]:
        if self._latest:
            labels = {MESSAGING_SYSTEM: "nats", STREAM_NAME: DEAD_LETTERS}
            yield Observation(self._latest.dead_letters, labels)
