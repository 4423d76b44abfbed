"""`async for message in subscription.messages`: each message's context is current in the loop's body.

Each loop gets an iterator of its own, which nobody but the loop holds: when the body breaks, raises, returns
or is cancelled, it is gone, and the context with it (`messaging.scopes`).
"""

from collections.abc import Callable
from typing import Any

from nats.aio.subscription import Subscription
from opentelemetry.context import get_current

from otelkit.instrumentation.messaging import Turns
from otelkit.instrumentation.nats.messages import forget, operation_of, remember
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.receiving import itself, receive
from otelkit.instrumentation.nats.telemetry import NatsTelemetry


def patch_loops(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch the property `messages`; the library's own loops do not ask for it."""

    def make(original: Any) -> Any:
        return property(
            lambda subscription: Messages(telemetry, subscription, original.fget(subscription)),
            doc=original.__doc__,
        )

    patches.replace(Subscription, "messages", make)


class Messages:
    """What `messages` gives: loops over it are traced."""

    __slots__ = ("iterator", "subscription", "telemetry")

    def __init__(self, telemetry: NatsTelemetry, subscription: Any, iterator: Any) -> None:
        self.telemetry, self.subscription, self.iterator = telemetry, subscription, iterator

    def __aiter__(self) -> "Loop":
        return Loop(self.telemetry, self.subscription, self.iterator.__anext__)

    async def __anext__(self) -> Any:
        """Give one message to whoever asks without a loop; nobody tells when its processing ends."""
        ask = self.iterator.__anext__
        return await receive(self.telemetry, self.subscription, "next_msg", ask)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.iterator, name)


class Loop:
    """One loop over messages of a subscription, or what is made of them: `find` gives its message."""

    __slots__ = ("_around", "_find", "_message", "_next", "_subscription", "_telemetry", "_turns")

    def __init__(
        self,
        telemetry: NatsTelemetry,
        subscription: Any,
        next_item: Callable[[], Any],
        find: Callable[[Any], Any] = itself,
    ) -> None:
        self._telemetry, self._subscription = telemetry, subscription
        self._next, self._find = next_item, find
        self._around, self._turns = get_current(), Turns()
        self._message: Any = None

    def __aiter__(self) -> "Loop":
        return self

    async def __anext__(self) -> Any:
        self._turns.end()
        if self._message is not None:
            self._let_go()
        item = await self._next()
        message, telemetry = self._find(item), self._telemetry
        if message is not None and not telemetry.is_deaf_to(message.headers, self._around):
            consumer = telemetry.consumer_of(self._subscription)
            operation, plan = consumer.begin_process(message, self._around)
            plan.tally.count += 1
            remember(message, operation)
            self._turns.begin(operation)
            self._message = message
        return item

    def _let_go(self) -> None:
        message, self._message = self._message, None
        if operation_of(message) is None:  # else a block has it, and goes on
            forget(message)
