"""Watching for `connection.blocked`: an alarm for memory or disk, while which the broker reads no publisher.

aio-pika tells nobody but its log, yet `ready()` of a blocked connection waits: whoever asks for it and gets
no answer knows. The broker says it to a connection that publishes for the first time during the alarm.
"""

import asyncio
import logging
from collections.abc import Iterable
from weakref import WeakSet

from aio_pika.abc import AbstractRobustConnection
from opentelemetry.metrics import CallbackOptions, Meter, Observation

_LOOK_SECONDS = 0.5
_ANSWER_SECONDS = 0.05
_log = logging.getLogger(__name__)


class BlockedWatch:
    """Looks at connections that publish, from `start` to `stop`; shown as `shop.broker.blocked`, 0 or 1."""

    def __init__(self, meter: Meter) -> None:
        self.is_blocked = False
        self._connections: WeakSet[AbstractRobustConnection] = WeakSet()
        self._task: asyncio.Task[None] | None = None
        meter.create_observable_gauge(
            "shop.broker.blocked", [self._observe], "1", "Whether the broker takes no messages, by an alarm."
        )

    def add(self, connection: AbstractRobustConnection) -> None:
        """Watch another connection, as long as somebody else keeps it."""
        self._connections.add(connection)

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="blocked-watch")

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            blocked = [await _is_blocked(connection) for connection in [*self._connections]]
            self._note(any(blocked))

    def _note(self, is_blocked: bool) -> None:
        if is_blocked and not self.is_blocked:
            _log.warning("the broker takes no messages: it has an alarm for memory or disk")
        elif self.is_blocked and not is_blocked:
            _log.info("the broker takes messages again")
        self.is_blocked = is_blocked

    def _observe(self, _: CallbackOptions) -> Iterable[Observation]:
        return [Observation(int(self.is_blocked))]


async def _is_blocked(connection: AbstractRobustConnection) -> bool:
    transport = connection.transport
    if transport is None or not connection.connected.is_set():
        return False  # it is away, which is something else
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            await transport.ready()
    except TimeoutError:
        return connection.connected.is_set()
    return False
