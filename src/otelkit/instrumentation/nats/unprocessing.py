"""`unprocessed()`: loops and callbacks that only collect or hand over, and make no process spans.

Their messages are counted; `processing()` and `processing_all()` process them elsewhere.
"""

from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from otelkit.instrumentation.nats.callbacks import UNPROCESSED
from otelkit.instrumentation.nats.consumers import PROCESS
from otelkit.instrumentation.nats.fetched import Fetched
from otelkit.instrumentation.nats.loops import Messages


def unprocessed(messages: Any) -> Any:
    """Give `subscription.messages`, a fetched list, a watcher or a callback without process spans.

    Raises:
        TypeError: it is none of these.
    """
    if isinstance(messages, list):
        return messages.copy() if isinstance(messages, Fetched) else messages
    if hasattr(messages, "__anext__"):
        return _Deliveries(messages)
    if not iscoroutinefunction(messages):
        raise TypeError(
            f"unprocessed({messages!r}): give subscription.messages, what fetch() gave, a watcher, "
            "or the coroutine function of a subscription"
        )

    @wraps(messages)
    async def run(message: Any) -> None:
        await messages(message)

    setattr(run, UNPROCESSED, True)
    return run


class _Deliveries:
    def __init__(self, messages: Any) -> None:
        self._traced = messages if isinstance(messages, Messages) else None
        self._next = messages.iterator.__anext__ if self._traced else messages.__anext__

    def __aiter__(self) -> "_Deliveries":
        return self

    async def __anext__(self) -> Any:
        message = await self._next()
        if self._traced is not None and self._traced.telemetry.active:
            consumer = self._traced.telemetry.consumer_of(self._traced.subscription)
            consumer.plan_of("process", PROCESS, message)[0].tally.count += 1
        return message
