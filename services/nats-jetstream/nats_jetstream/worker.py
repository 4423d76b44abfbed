"""Workers: hands that pull one message each, work on it, and only then pull the next.

All hands of all processes share one durable consumer; the server gives each message to one of them. A hand
pulls one at a time: what is pulled and not begun is in nobody's hands, ages, and has to be given back at the
end. Where a message takes microseconds, and not the milliseconds of an order, batches pay.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress

from nats import errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from nats_jetstream.ending import end_task

Handle = Callable[[Msg], Awaitable[None]]
_PULL_SECONDS = 2.0  # a pull request that died with its server is known as dead after that
_LAST_PULL_SECONDS = 0.2  # for what the server is sending just now
_PAUSE_SECONDS = 0.5  # after an error of the broker's
_log = logging.getLogger(__name__)


class Hand:
    """Works from `start` to `stop`; `quiet` leaves no spans of the pulling itself."""

    def __init__(
        self, subscription: JetStreamContext.PullSubscription, handle: Handle, *, quiet: bool = False
    ) -> None:
        self._subscription, self._handle, self._quiet = subscription, handle, quiet
        self._is_pulling = self._is_ending = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to pull, in a task of the running loop."""
        self._task = asyncio.create_task(self._run(), name="hand")

    async def stop(self, within_seconds: float) -> None:
        """Finish the message that is under way, or give it back at once when the time is up."""
        if self._task is None:
            return
        self._is_ending = True
        await asyncio.wait([self._task], timeout=_LAST_PULL_SECONDS)
        if not self._is_pulling:
            await asyncio.wait([self._task], timeout=within_seconds - _LAST_PULL_SECONDS)
        await end_task(self._task)
        await self._let_go()

    async def _run(self) -> None:
        while not self._is_ending:
            message = await self._pull()
            if message is None:
                continue
            try:
                await (message.nak() if self._is_ending else self._handle(message))
            except Exception:  # noqa: BLE001 - a hand outlives every defect of one message
                _log.exception("not settled: the message comes again when its time is up")

    async def _pull(self) -> Msg | None:
        self._is_pulling = True
        try:
            with suppress_instrumentation() if self._quiet else nullcontext():
                return (await self._subscription.fetch(1, timeout=_PULL_SECONDS))[0]
        except TimeoutError:  # nothing to do
            return None
        except Exception as error:  # noqa: BLE001 - a stranger's header `Status` is enough for a KeyError in fetch()
            _log.warning("cannot pull: %s", error, extra={ERROR_TYPE: type(error).__qualname__})
            await asyncio.sleep(_PAUSE_SECONDS)
            return None
        finally:
            self._is_pulling = False

    async def _let_go(self) -> None:
        """Give back what came and was not begun; draining the connection would wait for it in vain."""
        with suppress(errors.Error, TimeoutError), suppress_instrumentation():
            await self._subscription.unsubscribe()
            while self._subscription.pending_msgs:
                await (await self._subscription.fetch(1, timeout=_LAST_PULL_SECONDS))[0].nak()


class Hands:
    """So many hands on one durable consumer."""

    def __init__(
        self, jetstream: JetStreamContext, stream: str, consumer: str, handle: Handle, *, quiet: bool = False
    ) -> None:
        self._jetstream, self._stream, self._consumer = jetstream, stream, consumer
        self._handle, self._quiet = handle, quiet
        self._hands: list[Hand] = []

    async def start(self, count: int) -> None:
        """Start `count` hands."""
        for _ in range(count):
            bound = await self._jetstream.pull_subscribe_bind(self._consumer, stream=self._stream)
            hand = Hand(bound, self._handle, quiet=self._quiet)
            self._hands.append(hand)
            hand.start()

    async def stop(self, within_seconds: float) -> None:
        """Stop all of them at the same time."""
        await asyncio.gather(*(hand.stop(within_seconds) for hand in self._hands))
